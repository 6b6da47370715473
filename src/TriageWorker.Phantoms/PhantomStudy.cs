namespace TriageWorker.Phantoms;

/// <summary>A drawn phantom: voxels, where they lie, and the truth about them.</summary>
/// <param name="Spec">What was asked for.</param>
/// <param name="Geometry">Where the voxels lie in the patient.</param>
/// <param name="Hounsfield">HU, slice by slice from feet to head, each slice row by row from anterior to posterior, each row from the patient's right to left.</param>
/// <param name="Attributes">What was drawn, in numbers.</param>
/// <param name="Patient">Who was drawn.</param>
public sealed record PhantomStudy(
    PhantomSpec Spec, PhantomGeometry Geometry, short[] Hounsfield, PhantomAttributes Attributes, PhantomPatient Patient)
{
    /// <summary>What each voxel belongs to, in the order of <see cref="Hounsfield"/>; null unless the spec asks for it.</summary>
    public PhantomRegion[]? Regions { get; init; }

    /// <summary>The pixels of one slice; slice 0 is the lowest.</summary>
    public ReadOnlySpan<short> Slice(int index)
    {
        var size = Geometry.Rows * Geometry.Columns;
        return Hounsfield.AsSpan(index * size, size);
    }
}

/// <summary>An axial grid in the DICOM patient frame (LPS, mm; PS3.3 C.7.6.2.1.1): columns run to the left, rows to posterior, slices to the head.</summary>
/// <param name="OriginX">Centre of the first voxel, positive to the patient's left.</param>
/// <param name="OriginY">Positive to posterior.</param>
/// <param name="OriginZ">Positive to the head.</param>
public sealed record PhantomGeometry(
    int Columns, int Rows, int Slices, double PixelSpacing, double SliceSpacing, double OriginX, double OriginY, double OriginZ);

/// <summary>The drawn truth. Volumes are counted on the grid that was drawn, so what the field of view cuts off is not in them.</summary>
/// <param name="LiverDensityHu">Mean of the liver's parenchyma, noise apart.</param>
/// <param name="AorticCalciumMm3">Volume of calcified plaques of aorta and iliac arteries within the slices.</param>
/// <param name="VertebralDensityHu">Mean of the vertebrae's trabecular bone.</param>
/// <param name="BodyWidthMm">Width of the body at the height of the liver.</param>
public sealed record PhantomAttributes(
    double LiverDensityHu, double AorticCalciumMm3, double VertebralDensityHu, double BodyWidthMm,
    double SpleenVolumeMl, double AscitesMl, double EffusionMl, double FreeAirMl);

/// <param name="Age">Whole years, 18 to 90.</param>
/// <param name="Contrast">True when drawn as in the portal venous phase.</param>
public sealed record PhantomPatient(bool Female, int Age, bool Contrast);
