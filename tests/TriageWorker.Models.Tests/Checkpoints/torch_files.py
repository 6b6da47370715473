"""Writes one state dictionary in both layouts with torch.save, and its numbers as JSON: python3 torch_files.py FOLDER"""
import collections
import json
import pathlib
import sys

import torch

folder = pathlib.Path(sys.argv[1])
base = torch.arange(-12, 12, dtype=torch.float32) / 8
tensors = collections.OrderedDict()
for kind in ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"):
    tensors[kind] = (base * 8).to(getattr(torch, kind)).reshape(2, 3, 4)
tensors["shared"] = base
tensors["view"] = base[5:17].reshape(3, 4)
tensors["transposed"] = base.reshape(4, 6).t()
tensors["steps"] = base[1::5]
tensors["expanded"] = base[3:5].unsqueeze(1).expand(2, 3)
tensors["scalar"] = torch.tensor(2.5)
tensors["empty"] = torch.zeros(0, 3)
tensors["parameter"] = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
tensors._metadata = collections.OrderedDict([("", {"version": 1})])
torch.save(tensors, folder / "zip.pt")
torch.save(dict(tensors), folder / "dict.pt")
torch.save(tensors, folder / "legacy.pt", _use_new_zipfile_serialization=False)
torch.save(tensors, folder / "protocol4.pt", pickle_protocol=4)
print(json.dumps({name: {"shape": list(tensor.shape), "values": tensor.detach().double().flatten().tolist()} for name, tensor in tensors.items()}))
