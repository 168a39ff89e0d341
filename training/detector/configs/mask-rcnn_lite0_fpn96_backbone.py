"""The same Mask R-CNN trained further, with all but the first stages of its backbone: more street photos.

Start from the artifact that mask-rcnn_lite0_fpn96_shop_packshots.py gave (training.detector.restore_detector).
"""

_base_ = "./mask-rcnn_lite0_fpn96_shop_packshots.py"

BATCH = 4
STEPS = 5000

model = {"backbone": {"frozen_stages": 2}}

train_dataloader = {
    "dataset": {
        "recipes": {
            "street": 0.26,
            "street_tagged": 0.13,
            "street_cut": 0.04,
            "shop": 0.17,
            "shop_tiled": 0.02,
            "shop_pasted": 0.04,
            "street_packshot": 0.12,
            "shop_packshot": 0.06,
            "packshot": 0.07,
            "worn_before_white": 0.06,
            "empty": 0.03,
            "_delete_": True,
        },
        "seed": 7,
    },
}
train_cfg = {"max_iters": STEPS}

COOL = 0.5
param_scheduler = [
    {"type": "LinearLR", "start_factor": 0.02, "by_epoch": False, "begin": 0, "end": 40},
    {"type": "LinearLR", "start_factor": 1.0, "end_factor": 0.02, "by_epoch": False,
     "begin": int(STEPS * (1 - COOL)), "end": STEPS},
]  # fmt: skip
default_hooks = {"checkpoint": {"type": "CheckpointHook", "by_epoch": False, "interval": 250, "max_keep_ckpts": 30}}
randomness = {"seed": 7}

TRAINING = {
    "command": "python -m training.detector.train_detector --config "
    "training/detector/configs/mask-rcnn_lite0_fpn96_backbone.py --start var/training/garments-lite0.pth, "
    "then 700 steps at half the rate with more packshots",
    "data": "688 street photos of Clothing Co-Parsing and 892 more whose labels alone are known, 3905 photos of the "
    "Clothing dataset cut out by GrabCut, 540 drawn products, and 11 photos of bags and 181 of products worn before "
    "white of Magento's sample data",
    "first_weights": "garments-lite0 as mask-rcnn_lite0_fpn96_shop_packshots.py trained it",
    "averaged": "0.3 of the first weights, 0.25 of those after 5000 steps, 0.45 of those after 5700 steps",
    "pictures": BATCH * (STEPS + 700),
    "steps": STEPS + 700,
    "seed": "7, then 8",
}
