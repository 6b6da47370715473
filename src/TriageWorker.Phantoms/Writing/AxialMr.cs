using System.Buffers.Binary;
using TriageWorker.Dicom;

namespace TriageWorker.Phantoms.Writing;

/// <summary>The body as an axial MR series (PS3.3, A.4) with signal much as in T2: fluid and fat bright, air and bone dark. It exists to be refused.</summary>
internal static class AxialMr
{
    private static readonly (int Hu, int Signal)[] Curve = [(-900, 8), (-160, 40), (-100, 520), (-20, 420), (8, 760), (40, 260), (110, 200), (300, 60), (3071, 10)];
    private static readonly double[] Orientation = [1, 0, 0, 0, 1, 0];

    public static int Count(StudyHeader header) => header.Study.Geometry.Slices;

    public static DicomDataset Image(StudyHeader header, int series, int index)
    {
        var geometry = header.Study.Geometry;
        var slice = geometry.Slices - 1 - index;
        var z = geometry.OriginZ + slice * geometry.SliceSpacing;
        var image = header.Series(DicomUid.MRImageStorage, "MR", series, "axial T2", index + 1);
        header.InPatient(image, (geometry.OriginX, geometry.OriginY, z), Orientation, geometry.PixelSpacing)
            .Set(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "OTHER")
            .Set(DicomTag.AcquisitionNumber, 1)
            .Set(DicomTag.ScanningSequence, "SE")
            .Set(DicomTag.SequenceVariant, "SK")
            .Set(DicomTag.ScanOptions, "FS")
            .Set(DicomTag.MRAcquisitionType, "2D")
            .Set(DicomTag.MagneticFieldStrength, 1.5)
            .Set(DicomTag.EchoTime, 90)
            .Set(DicomTag.RepetitionTime, 4000)
            .Set(DicomTag.EchoTrainLength, 16)
            .Set(DicomTag.SliceThickness, StudyHeader.Round(geometry.SliceSpacing))
            .Set(DicomTag.SliceLocation, StudyHeader.Round(z))
            .Set(DicomTag.WindowCenter, 400)
            .Set(DicomTag.WindowWidth, 800);
        return StudyHeader.Pixels(image, geometry.Columns, geometry.Rows, 12, Signal(header.Study.Slice(slice)));
    }

    private static byte[] Signal(ReadOnlySpan<short> hounsfield)
    {
        var bytes = new byte[hounsfield.Length * 2];
        for (var i = 0; i < hounsfield.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), Signal(hounsfield[i]));
        return bytes;
    }

    private static ushort Signal(short hu)
    {
        if (hu <= Curve[0].Hu) return (ushort)Curve[0].Signal;
        for (var i = 1; i < Curve.Length; i++)
        {
            if (hu > Curve[i].Hu) continue;
            var (from, to) = (Curve[i - 1], Curve[i]);
            return (ushort)(from.Signal + (to.Signal - from.Signal) * (hu - from.Hu) / (to.Hu - from.Hu));
        }

        return (ushort)Curve[^1].Signal;
    }
}
