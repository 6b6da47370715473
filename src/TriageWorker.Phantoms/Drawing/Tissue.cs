namespace TriageWorker.Phantoms.Drawing;

/// <summary>What a voxel is made of; densities come later.</summary>
internal enum Tissue : byte
{
    Air,
    TableShell,
    TableFoam,
    Skin,
    SubcutaneousFat,
    Muscle,
    Cartilage,
    Cortex,
    Spongiosa,
    RibMarrow,
    Marrow,
    Disc,
    Cord,
    LungRight,
    LungLeft,
    LungVessel,
    Atelectasis,
    MediastinalFat,
    Heart,
    Diaphragm,
    PeritonealRim,
    PeritonealFat,
    RetroperitonealFat,
    Liver,
    LiverVein,
    Bile,
    Spleen,
    Kidney,
    RenalSinus,
    Pancreas,
    BowelWall,
    BowelFluid,
    Stool,
    BowelGas,
    Artery,
    Plaque,
    Vein,
    Bladder,
    PelvicOrgan,
    Ascites,
    Effusion,
    FreeAir,
}

/// <summary>A set of tissues, asked once per voxel.</summary>
internal readonly record struct TissueSet(ulong Bits)
{
    public static TissueSet Of(params ReadOnlySpan<Tissue> tissues)
    {
        var bits = 0UL;
        foreach (var tissue in tissues) bits |= 1UL << (int)tissue;
        return new TissueSet(bits);
    }

    /// <summary>All that lies inside the skin.</summary>
    public static TissueSet Inside { get; } = new(~Of(Tissue.Air, Tissue.TableShell, Tissue.TableFoam).Bits);

    public bool Contains(Tissue tissue) => (Bits >> (int)tissue & 1) != 0;

    public TissueSet And(TissueSet other) => new(Bits | other.Bits);

    public TissueSet Except(params ReadOnlySpan<Tissue> tissues) => new(Bits & ~Of(tissues).Bits);
}
