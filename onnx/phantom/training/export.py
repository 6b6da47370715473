"""Writes the package from a trained model: python3 export.py --model model.pt --validate DIR --package onnx/phantom --version 1.0.0

Thresholds are chosen on the validation set, never on the phantoms that `triage bench model` evaluates.
"""
import argparse
import hashlib
import json
import pathlib

import numpy
import torch

import labels
import metrics
from data import TrainingSet
from fold import fold
from golden import golden_input
from network import VECTORS_PER_SIDE, LabelBank, PhantomNetwork
from train import evaluate, report
from whole_map import make_whole

GOLDEN_SEED = 20
OPSET = 13
OUTPUTS = [
    # name in the graph, kind in the manifest, activation
    ("embedding", "embedding", "none"),
    ("contrastive", "contrastive", "none"),
    ("phenotype_logits", "phenotypes", "sigmoid"),
    ("risk_logits", "risks", "sigmoid"),
    ("feature_map", "featureMap", "none"),
]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def export_graph(network, size, path):
    torch.onnx.export(
        network, torch.zeros(1, 1, *size), str(path), opset_version=OPSET, input_names=["volume"],
        output_names=[name for name, _, _ in OUTPUTS], do_constant_folding=True)
    make_whole(path)


def write_golden(network, size, path):
    volume = torch.from_numpy(golden_input(GOLDEN_SEED, size))[None, None]
    with torch.no_grad():
        values = network(volume)
    write_json(path, {
        "seed": GOLDEN_SEED,
        "tolerance": {"cpu": 1e-4, "cuda": 2e-3, "tensorRt": 1e-2},
        "outputs": {kind: [float(f"{x:.8g}") for x in value.flatten().tolist()]
                    for (_, kind, _), value in zip(OUTPUTS, values) if kind != "featureMap"},
    })


def rows(finding, side):
    return {"first": (finding * 2 + side) * VECTORS_PER_SIDE, "count": VECTORS_PER_SIDE}


def phases(training):
    """Oldest first."""
    return (phases(training["before"]) if training.get("before") else []) + [training]


def said(training):
    sets = ", ".join(f"{s['count']} {'twins' if s.get('twins') else 'phantoms'} from seed {s['firstSeed']} at {s['input']['spacingMm']} mm" for s in training["sets"])
    planned = "" if training["done"] == training["epochs"] else f" of {training['epochs']}"
    return f"{training['done']}{planned} epochs on {sets}"


def manifest(package, version, trained):
    rules = trained["training"]["sets"][0]["rules"]
    history = phases(trained["training"])
    return {
        "schema": 1,
        "id": "phantom",
        "version": version,
        "title": "Phantom demonstration model",
        "family": "i3resnet",
        "vendor": "TriageWorker",
        "demonstration": True,
        "licence": {"spdx": "Apache-2.0", "commercialUse": True},
        "intendedUse": {
            "statement": "Shows and tests the product's whole way on synthetic phantoms. It has no clinical value: on images of people its scores mean nothing.",
            "modality": "CT",
            "bodyPart": "abdomen",
            "minimumCoverageMm": 40,
            "minimumAgeYears": 18,
            "warnings": ["Demonstration model, meaningless for patients.", "Trained on synthetic phantoms only, never on an image of a person."],
        },
        "provenance": {
            "made": f"onnx/phantom/training, seed {history[-1]['seed']}",
            "tool": f"PyTorch {torch.__version__}, ONNX opset {OPSET}",
            "data": "Phantoms of this product's own generator: " + "; then ".join(map(said, history)),
        },
        "input": trained["input"],
        "graphs": [{
            "file": "phantom.onnx",
            "sha256": digest(package / "phantom.onnx"),
            "input": "volume",
            "outputs": [{"name": name, "kind": kind, "activation": activation} | ({"axes": "zxy"} if kind == "featureMap" else {})
                        for name, kind, activation in OUTPUTS],
        }],
        "findings": {
            "rule": "mean-cosine-difference",
            "bank": "findings.npy",
            "sha256": digest(package / "findings.npy"),
            "labels": [
                {"key": key, "label": label, "code": code, "site": site, "positive": rows(i, 0), "negative": rows(i, 1)}
                for i, (key, label, code, site, _) in enumerate(labels.FINDINGS)],
        },
        "phenotypes": {
            "note": "Each label is a rule over what was drawn.",
            "labels": [{"key": key, "label": label, "code": code, "meaning": rules[key]} for key, label, code in labels.PHENOTYPES],
        },
        "risks": {
            "note": "No risks of anybody: each label is a rule over four drawn attributes, so that the way of a risk through the product can be tested.",
            "labels": [{"key": key, "label": label, "code": code, "meaning": rules[key]} for key, label, code in labels.RISKS],
        },
        "golden": {"file": "golden.json", "sha256": digest(package / "golden.json")},
    }


LEAST_SENSITIVITY = 0.7  # a finding that is mostly missed is not put to use: it stays scored and silent


def policy(version, scores, truth, seeds):
    approved = []
    for i, (key, _, _, _, level) in enumerate(labels.FINDINGS):
        threshold = round(metrics.high_specificity_threshold(scores[:, i], truth[:, i]), 3)
        sensitivity, specificity = metrics.operating_point(scores[:, i], truth[:, i], threshold)
        if sensitivity < LEAST_SENSITIVITY:
            continue
        approved.append({
            "key": key, "level": level, "threshold": threshold, "band": 0.05,
            "basis": f"{len(scores)} validation phantoms, seeds {seeds}: sensitivity {sensitivity:.3f}, specificity {specificity:.3f}",
        })
    return {"schema": 1, "id": "phantom-demonstration", "version": version, "package": "phantom", "findings": approved}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--validate", required=True)
    parser.add_argument("--package", type=pathlib.Path, required=True)
    parser.add_argument("--version", required=True)
    args = parser.parse_args()

    torch.set_num_threads(1)
    trained = torch.load(args.model)
    network = PhantomNetwork(len(labels.PHENOTYPES), len(labels.RISKS))
    network.load_state_dict(trained["network"])
    bank = LabelBank(len(labels.FINDINGS))
    bank.load_state_dict(trained["bank"])
    validation = TrainingSet(args.validate)
    before = network.eval()(validation.batch([0, 1]))
    fold(network)
    worst = max(float((a - b).abs().max()) for a, b in zip(before, network(validation.batch([0, 1]))))
    assert worst < 1e-3, f"folding changed the outputs by {worst}"

    size = trained["input"]["size"]
    args.package.mkdir(parents=True, exist_ok=True)
    export_graph(network, size, args.package / "phantom.onnx")
    unit = bank.unit().detach().reshape(-1, bank.vectors.shape[-1]).numpy()
    numpy.save(args.package / "findings.npy", numpy.ascontiguousarray(unit, dtype="<f4"))
    write_golden(network, size, args.package / "golden.json")
    write_json(args.package / "manifest.json", manifest(args.package, args.version, trained))
    scores = evaluate(network, bank, validation)
    first = validation.description["firstSeed"]
    seeds = f"{first} to {first + len(validation) - 1}"
    decided = policy(args.version, scores[0], validation.findings.numpy(), seeds)
    write_json(args.package / "policy.json", decided)
    for name, value in report(validation, scores).items():
        print(f"{name:16s} AUROC {value:.4f} on {len(validation)} validation phantoms")
    for finding in decided["findings"]:
        print(f"{finding['key']:16s} threshold {finding['threshold']:.3f}, {finding['basis']}")


if __name__ == "__main__":
    main()
