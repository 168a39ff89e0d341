"""The same Mask R-CNN trained further: packshots of every type, products worn before white, empty pictures.

Start from the artifact that mask-rcnn_lite0_fpn96_sizes.py gave (training.detector.restore_detector). Needs the files
that training.detector.packshots writes. Trains under bfloat16.
"""

_base_ = "./mask-rcnn_lite0_fpn96_sizes.py"

custom_imports = {
    "imports": [
        "training.detector.backbones",
        "training.detector.bf16",
        "training.detector.checkpoints",
        "training.detector.composed_pictures",
    ]
}

BATCH = 4
STEPS = 1200

model = {"backbone": {"frozen_stages": 4}}

train_dataloader = {
    "dataset": {
        "length": BATCH * 20_000,
        "recipes": {
            "street": 0.29,
            "street_cut": 0.06,
            "shop": 0.22,
            "shop_tiled": 0.03,
            "shop_pasted": 0.05,
            "street_packshot": 0.13,
            "packshot": 0.09,
            "worn_before_white": 0.09,
            "empty": 0.04,
            "_delete_": True,
        },
        "seed": 4,
    },
}
train_cfg = {"max_iters": STEPS}

optim_wrapper = {"type": "CpuAmpOptimWrapper", "optimizer": {"lr": 3e-4}}
COOL = 0.5
param_scheduler = [
    {"type": "LinearLR", "start_factor": 0.02, "by_epoch": False, "begin": 0, "end": 40},
    {"type": "LinearLR", "start_factor": 1.0, "end_factor": 0.02, "by_epoch": False,
     "begin": int(STEPS * (1 - COOL)), "end": STEPS},
]  # fmt: skip
default_hooks = {
    "logger": {"type": "LoggerHook", "interval": 10},
    "checkpoint": {"type": "CheckpointHook", "by_epoch": False, "interval": 50, "max_keep_ckpts": 2},
}
custom_hooks = [
    {"type": "EMAHook", "ema_type": "ExpMomentumEMA", "momentum": 0.01, "gamma": 50},
    {"type": "PlainCheckpoints"},
]
randomness = {"seed": 4}

# What the exported artifact's card says of its making: of this config's pictures the box head alone was trained on.
LICENCE = (
    "Apache-2.0 (weights trained here; data: Clothing Co-Parsing, Apache-2.0, Clothing dataset, CC0, and Magento's "
    "sample data, OSL 3.0)"
)
TRAINING = {
    "command": "python -m training.detector.fine_tune_box_head --pictures 1900 --epochs 3 --config "
    "training/detector/configs/mask-rcnn_lite0_fpn96_packshots.py --checkpoint var/training/garments-lite0.pth",
    "data": "pictures of 688 street photos of Clothing Co-Parsing, 3749 photos of the Clothing dataset cut out by "
    "GrabCut, 540 drawn products, and 11 photos of bags and 165 of products worn before white of Magento's sample data",
    "first_weights": "garments-lite0 as mask-rcnn_lite0_fpn96_sizes.py trained it; only the box head changed",
    "pictures": 1900,
    "seed": 4,
}
