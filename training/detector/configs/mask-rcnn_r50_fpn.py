"""Mask R-CNN for an accelerator: ResNet-50, MMDetection's usual FPN of 256 channels, 512x768 pixels.

The backbone starts from torchvision's ImageNet weights, which MMEngine downloads; where there is no network, give
weights of your own with `--set model.backbone.init_cfg.checkpoint=FILE`. Not trained by us: no numbers are claimed.
"""

_base_ = ["./mask-rcnn_lite0_fpn96.py"]

CHANNELS = 256
INPUT_SIZES = [((512, 768), 0.78), ((768, 512), 0.12), ((640, 640), 0.10)]
BATCH = 16
STEPS = 8000
SMALL = 3000
STRIDES = [4, 8, 16, 32]

model = {
    "data_preprocessor": {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]},
    "backbone": {
        "_delete_": True,
        "type": "ResNet",
        "depth": 50,
        "num_stages": 4,
        "out_indices": (0, 1, 2, 3),
        "frozen_stages": 1,
        "norm_cfg": {"type": "BN", "requires_grad": True},
        "norm_eval": True,
        "style": "pytorch",
        "init_cfg": {"type": "Pretrained", "checkpoint": "torchvision://resnet50"},
    },
    "neck": {"in_channels": [256, 512, 1024, 2048], "out_channels": CHANNELS, "num_outs": 5},
    "rpn_head": {
        "in_channels": CHANNELS,
        "feat_channels": CHANNELS,
        "anchor_generator": {"scales": [8], "strides": [*STRIDES, 64]},
    },
    "roi_head": {
        "bbox_roi_extractor": {"out_channels": CHANNELS, "featmap_strides": STRIDES},
        "bbox_head": {"in_channels": CHANNELS, "fc_out_channels": 1024},
        "mask_roi_extractor": {"out_channels": CHANNELS, "featmap_strides": STRIDES},
        "mask_head": {"num_convs": 4, "in_channels": CHANNELS, "conv_out_channels": CHANNELS},
    },
    "train_cfg": {"rpn": {"sampler": {"num": 256}}, "rcnn": {"sampler": {"num": 256}}},
}

train_dataloader = {
    "batch_size": BATCH,
    "num_workers": 8,
    "persistent_workers": True,
    "dataset": {
        "length": BATCH * STEPS * 4,
        "batch_size": BATCH,
        "input_sizes": INPUT_SIZES,
        "small_batches": SMALL,
    },
}
train_cfg = {"max_iters": STEPS}
optim_wrapper = {
    "type": "AmpOptimWrapper",
    "dtype": "bfloat16",
    "loss_scale": 1.0,
    "optimizer": {"lr": 2e-4, "weight_decay": 0.05},
}
param_scheduler = [
    {"type": "LinearLR", "start_factor": 0.02, "by_epoch": False, "begin": 0, "end": 500},
    {"type": "LinearLR", "start_factor": 1.0, "end_factor": 0.02, "by_epoch": False,
     "begin": 6000, "end": STEPS},
]  # fmt: skip

IS_DEFAULT = False
TRAINING = {
    "command": "python -m training.detector.train_detector --config training/detector/configs/mask-rcnn_r50_fpn.py",
    "first_weights": "ResNet-50, ImageNet, from torchvision",
    "pictures": BATCH * STEPS,
    "steps": STEPS,
}
