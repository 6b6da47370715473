"""Trains the demonstration model: python3 train.py --train DIR [DIR ...] --validate DIR --out model.pt

Deterministic on one machine and one thread count: every random number comes from --seed.
"""
import argparse
import math
import time

import numpy
import torch
from torch.nn import functional

import labels
import metrics
from data import Scanner, TrainingSet
from network import STRIDES, Guide, LabelBank, PhantomNetwork

BATCH = 16  # below 16, torch's CPU convolutions of size 1 take a slow path


def finding_loss(bank, contrastive, truth, generator):
    """As CLIP does with report sentences: each image meets one sentence for and one against each finding, and must be nearer to the true one."""
    unit = bank.unit()  # [findings, 2, vectors, dimension]; side 0 speaks for the finding
    count = unit.shape[2]
    chosen = torch.randint(count, (len(contrastive), unit.shape[0], 2), generator=generator)
    findings = torch.arange(unit.shape[0])
    cosines = torch.stack([
        torch.einsum("nd,nfd->nf", contrastive, unit[findings, side, chosen[:, :, side]]) for side in (0, 1)], dim=-1)
    logits = cosines * bank.log_scale.exp().clamp(max=100)
    return functional.cross_entropy(logits.reshape(-1, 2), (1 - truth).long().reshape(-1))


# As the rows of voxel counts: what counts as a whole cell, and how many voxels are one unit of the amount.
VOXELS = 32
WHOLE = torch.tensor([part for _, part, _, _ in labels.REGIONS]).reshape(-1, 1, 1, 1)
UNIT = torch.tensor([float(unit) for *_, unit in labels.REGIONS]).reshape(-1, 1, 1, 1)
REGION = {name: i for i, (name, *_) in enumerate(labels.REGIONS)}
MEASURE = {name: i for i, (name, _) in enumerate(labels.MEASURES)}


def grown(before, now):
    """What an earlier network without some of the channels knew; the new channels begin at nothing, so that it goes on as it was."""
    if before is None or before.shape == now.shape:
        return now if before is None else before
    grown = torch.zeros_like(now)
    grown[tuple(slice(size) for size in before.shape)] = before
    return grown


def coarser(voxels):
    """The same counts at the grain of the next stage."""
    return functional.avg_pool3d(voxels, 2, ceil_mode=True, divisor_override=1)


def expect_usual_amounts(guide, voxels):
    """Lets the guide begin with each region's usual amount; from nothing, learning the small ones alone would take thousands of steps."""
    with torch.no_grad():
        for stride, amount in zip(STRIDES, guide.amounts):
            voxels = coarser(voxels) if stride == 2 else voxels
            amount.bias.copy_(((voxels / UNIT).mean((0, 2, 3, 4)) + 1e-6).expm1().log())


def guide_loss(places, amounts, densities, voxels, measured):
    """Where the regions lie, at the grain of every stage, how many voxels of them are there (as a Poisson rate, so that the cells of
    a body add up to what is in it) and how dense they are.

    In each region the cells that have it weigh as much as those that do not: plaques are in three cells of ten thousand, and would
    otherwise teach nothing.
    """
    place, amount, density = 0, 0, 0
    everywhere = (0, 2, 3, 4)
    cells = torch.minimum(voxels / (WHOLE * VOXELS), torch.ones(()))
    for stride, at_place, at_amount, at_density in zip(STRIDES, places, amounts, densities):
        if stride == 2:
            cells, voxels = functional.avg_pool3d(cells, 2, ceil_mode=True, count_include_pad=False), coarser(voxels)
        rate = functional.softplus(at_amount) + 1e-4
        amount = amount + (rate - voxels / UNIT * rate.log()).sum(everywhere) / ((voxels / UNIT).sum(everywhere) + BATCH)
        missed = (functional.softplus(-at_place) * cells).sum(everywhere) / (cells.sum(everywhere) + 1)
        invented = (functional.softplus(at_place) * (1 - cells)).mean(everywhere)
        place = place + (missed + invented)
        for i, (measure, region) in enumerate(labels.DENSITIES):
            weight = cells[:, REGION[region]]
            truth = measured[:, MEASURE[measure], None, None, None].expand_as(weight)
            error = functional.smooth_l1_loss(at_density[:, i], truth, reduction="none")
            density = density + (error * weight).sum() / (weight.sum() + 1)
    return place, amount, density  # place and amount: one for each region


def finding_scores(bank, contrastive):
    unit = bank.unit()
    return contrastive @ (unit[:, 0].mean(1) - unit[:, 1].mean(1)).T


def evaluate(network, bank, data):
    network.eval()
    found, phenotypes, risks = [], [], []
    with torch.no_grad():
        for start in range(0, len(data), 32):
            _, contrastive, p, r, _ = network(data.batch(numpy.arange(start, min(start + 32, len(data)))))
            found.append(finding_scores(bank, contrastive))
            phenotypes.append(p)
            risks.append(r)
    return torch.cat(found).numpy(), torch.cat(phenotypes).numpy(), torch.cat(risks).numpy()


def report(data, scores):
    names = [[row[0] for row in table] for table in (labels.FINDINGS, labels.PHENOTYPES, labels.RISKS)]
    truths = (data.findings.numpy(), data.phenotypes.numpy(), data.risks.numpy())
    return {name: metrics.auroc(score[:, i], truth[:, i])
            for group, score, truth in zip(names, scores, truths) for i, name in enumerate(group)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--validate", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--begin", help="model to begin with instead of random numbers")
    parser.add_argument("--even", action="store_true", help="let every region weigh the same")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    random = numpy.random.default_rng(args.seed)
    scanner = Scanner(random)
    generator = torch.Generator().manual_seed(args.seed)
    sets = [TrainingSet(directory) for directory in args.train]
    validation = TrainingSet(args.validate)
    # Twins stay together, so that a batch holds the same person with and without each finding.
    persons = [[(s, first + twin) for twin in range(data.per_person)] for s, data in enumerate(sets) for first in range(0, len(data), data.per_person)]
    drawn = torch.cat([data.measures for data in sets])
    centre, spread = drawn.mean(0), drawn.std(0)

    network = PhantomNetwork(len(labels.PHENOTYPES), len(labels.RISKS))
    bank = LabelBank(len(labels.FINDINGS))
    guide = Guide(len(labels.REGIONS), len(labels.DENSITIES), len(labels.MEASURES))
    training = {"seed": args.seed, "epochs": args.epochs, "done": 0, "rate": args.rate, "even": args.even, "phantoms": sum(map(len, sets)),
                "sets": [data.description for data in sets], "before": None}
    if args.begin:
        before = torch.load(args.begin)
        training["before"] = before["training"]
        network.load_state_dict({name: grown(before["network"].get(name), value) for name, value in network.state_dict().items()})
        bank.load_state_dict(before["bank"])
        if "guide" in before:
            guide.load_state_dict({name: grown(before["guide"].get(name), value) for name, value in guide.state_dict().items()})
    if not args.begin or "guide" not in before:
        some = [sets[s].varied(first, random)[1] for person in persons[:64] for s, first in person[:1]]
        expect_usual_amounts(guide, torch.from_numpy(numpy.stack(some)))
    region_weight = torch.tensor([1.0 if args.even else float(weight) for _, _, weight, _ in labels.REGIONS])
    parameters = [*network.parameters(), *guide.parameters()]
    optimizer = torch.optim.AdamW([{"params": parameters, "weight_decay": 0.02}, {"params": bank.parameters(), "weight_decay": 0}], lr=args.rate)
    steps_per_epoch = sum(map(len, sets)) // BATCH
    total = args.epochs * steps_per_epoch
    started, step = time.monotonic(), 0

    for epoch in range(args.epochs):
        network.train()
        order = [sample for person in random.permutation(len(persons)) for sample in persons[person]]
        losses, missing = numpy.zeros(7), torch.zeros(2, len(labels.REGIONS))
        for batch in range(steps_per_epoch):
            chosen = order[batch * BATCH:(batch + 1) * BATCH]
            stack, cells = (numpy.stack(part) for part in zip(*(sets[s].varied(i, random) for s, i in chosen)))
            volume = scanner(torch.from_numpy(stack).unsqueeze(1).float().div_(255))
            findings, phenotypes, risks, measured = (
                torch.stack([getattr(sets[s], name)[i] for s, i in chosen]) for name in ("findings", "phenotypes", "risks", "measures"))
            # Warm up for 3 % of the steps, then a cosine down to nothing.
            done = step / total
            for group in optimizer.param_groups:
                group["lr"] = args.rate * min(done / 0.03 + 0.01, 0.5 + 0.5 * math.cos(math.pi * done))
            stages = network.trunk(volume)
            embedding, contrastive, phenotype_logits, risk_logits, _ = network.heads(stages)
            places, amounts, densities, measures = guide(stages, embedding)
            measured = (measured - centre) / spread
            place, amount, density = guide_loss(places, amounts, densities, torch.from_numpy(cells), measured)
            parts = (
                finding_loss(bank, contrastive, findings, generator),
                functional.binary_cross_entropy_with_logits(phenotype_logits, phenotypes),
                functional.binary_cross_entropy_with_logits(risk_logits, risks),
                functional.smooth_l1_loss(measures, measured),
                (place * region_weight).mean(), (amount * region_weight).mean(), density)
            loss = 2 * parts[0] + 2 * parts[1] + 0.5 * parts[2] + 2 * parts[3] + 0.15 * parts[4] + 0.15 * parts[5] + 0.5 * parts[6]
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 5.0)
            optimizer.step()
            losses += [float(part.detach()) for part in parts]
            missing += torch.stack([place, amount]).detach()
            step += 1
        elapsed = time.monotonic() - started
        line = f"epoch {epoch + 1}/{args.epochs} {elapsed / 60:.1f} min, losses " + " ".join(f"{x:.3f}" for x in losses / steps_per_epoch)
        line += "; regions " + " ".join(f"{name} {x:.2f}/{y:.2f}" for (name, *_), x, y in zip(labels.REGIONS, *(missing / steps_per_epoch)))
        if epoch % 3 == 2 or epoch + 1 == args.epochs:
            line += "\n  " + " ".join(f"{name} {value:.3f}" for name, value in report(validation, evaluate(network, bank, validation)).items())
        print(line, flush=True)
        training["done"] = epoch + 1
        torch.save({"network": network.state_dict(), "bank": bank.state_dict(), "guide": guide.state_dict(), "input": sets[0].description["input"], "training": training}, args.out)


if __name__ == "__main__":
    main()
