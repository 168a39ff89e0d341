"""Makes an MMDetection checkpoint out of an exported detector, so that training can go on from any artifact.

    python -m training.detector.restore_detector --config training/detector/configs/mask-rcnn_lite0_fpn96.py \\
        --model search/weights/garments-lite0 --out var/training/garments-lite0.pth [--photos FOLDER_OR_COCO ...]

The artifact must have been exported from the same config. Its weights are 16 bits wide, so the restored ones are too.
With `--photos` it says how far the artifact's boxes, scores and masks are from the restored model's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from training.detector.mmcv_ops import install

install()

import numpy as np  # noqa: E402 - mmdet must find the stand-in
import openvino  # noqa: E402
import torch  # noqa: E402
from mmengine.config import Config  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from training.artifacts import save  # noqa: E402
from training.detector.detector_parts import taken_apart  # noqa: E402
from training.detector.export_detector import converted, input_sizes_of, load_model, photo_files, spread  # noqa: E402


class RestoreError(RuntimeError):
    """The artifact is not this config's; the message says where they differ."""


def restored(model: nn.Module, folder: Path, canvas: tuple[int, int]) -> dict[str, Tensor]:
    """Returns the state_dict of the artifact in `folder`, exported from a model built as `model` is.

    `model` is overwritten with noise and exported the same way: where a parameter's noise turns up in its graph, that
    parameter's weights are in the artifact's. Names would not do, for converters drop most of them. Nor would a model
    that learned nothing: its zeros are optimised away.
    Raises RestoreError where the graphs differ or a parameter is in neither (a batch norm that was merged).
    """
    noise = torch.Generator().manual_seed(0)
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for parameter in parameters.values():
            parameter.copy_(torch.randn(parameter.shape, generator=noise).half())
    names = {_bytes(parameter): name for name, parameter in parameters.items()}
    weights = {}
    with tempfile.TemporaryDirectory() as scratch:
        for part, module in taken_apart(model).items():
            save(Path(scratch), part, converted(part, module, canvas))
            ours, theirs = _constants(Path(scratch) / f"{part}.xml"), _constants(folder / f"{part}.xml")
            if [value.shape for value in ours] != [value.shape for value in theirs]:
                raise RestoreError(f"{folder / part}.xml is not the graph that this config gives.")
            for noisy, learned in zip(ours, theirs, strict=True):
                if name := names.get(noisy.tobytes()):
                    weights[name] = torch.from_numpy(learned.astype(np.float32)).reshape(parameters[name].shape)
    missing = sorted(set(parameters) - set(weights))
    if missing:
        raise RestoreError(f"{len(missing)} parameters cannot be told apart in {folder}, as {missing[0]}.")
    return weights


def _bytes(parameter: Tensor) -> bytes:
    return parameter.detach().half().numpy().tobytes()


def _constants(path: Path) -> list[np.ndarray]:
    """Returns the graph's 16-bit constants, in its order."""
    operations = openvino.Core().read_model(path).get_ordered_ops()
    constants = [operation for operation in operations if operation.get_type_name() == "Constant"]
    half = openvino.Type.f16
    return [np.array(constant.data) for constant in constants if constant.get_element_type() == half]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="folder of the artifact")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--photos", type=Path, nargs="+", help="photos to compare artifact and restored model on")
    parser.add_argument("--root", type=Path, default=Path("."), help="what a COCO file's names are relative to")
    options = parser.parse_args()
    config = Config.fromfile(options.config)
    model = load_model(config, None)
    try:
        weights = restored(model, options.model, input_sizes_of(config)[0])
    except RestoreError as error:
        sys.exit(f"Not restored: {error}")
    model.load_state_dict(weights)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state_dict": weights}, options.out)
    print(f"{options.out}: {len(weights)} tensors")
    if options.photos:
        from training.detector.compare_detectors import compare

        paths = [path for source in options.photos for path in photo_files(source, options.root)]
        print("artifact next to the restored model:", compare(model, options.model, spread(paths, 20)))


if __name__ == "__main__":
    main()
