using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using TriageWorker.Dicom.Dictionary;
using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom;

/// <summary>
/// Writing values into a data set: <c>dataset.Set(DicomTag.Modality, "CT").Set(DicomTag.Rows, 512)</c>. The value representation is
/// the dictionary's unless one is given. Text is kept as Unicode; when it is not plain ASCII the data set is written in UTF-8.
/// </summary>
public static class DatasetAuthoring
{
    private const int MaxDecimalString = 16; // PS3.5, table 6.2-1: DS

    extension(DicomDataset dataset)
    {
        /// <summary>Present without a value.</summary>
        public DicomDataset SetEmpty(DicomTag tag)
        {
            var vr = VrFor(tag, dataset);
            return dataset.Set(vr == DicomVR.SQ ? new DicomElement(tag, Array.Empty<DicomDataset>()) : new DicomElement(tag, vr, default(ReadOnlyMemory<byte>)));
        }

        /// <summary>One or more values as text; no value, null or "" leave the attribute present and empty.</summary>
        public DicomDataset Set(DicomTag tag, params string?[] values) => dataset.Set(tag, VrFor(tag, dataset), values);

        /// <inheritdoc cref="Set(DicomDataset, DicomTag, string?[])"/>
        public DicomDataset Set(DicomTag tag, DicomVR vr, params string?[] values)
        {
            if (!vr.IsText) return dataset.Set(tag, vr, [.. values.Select(value => ParseNumber(tag, value))]);
            var text = string.Join('\\', values);
            return dataset.Set(new DicomElement(tag, vr, Padded(Encoding.UTF8.GetBytes(text), vr)) { CharacterSet = CharacterSet.Utf8 });
        }

        public DicomDataset Set(DicomTag tag, params int[] values) => dataset.Set(tag, VrFor(tag, dataset), values);

        public DicomDataset Set(DicomTag tag, DicomVR vr, params int[] values) =>
            dataset.Set(tag, vr, Array.ConvertAll(values, value => (double)value));

        public DicomDataset Set(DicomTag tag, params double[] values) => dataset.Set(tag, VrFor(tag, dataset), values);

        /// <summary>Numbers, in the form that the value representation has for them.</summary>
        /// <exception cref="ArgumentException">The value representation holds no numbers, or not these.</exception>
        public DicomDataset Set(DicomTag tag, DicomVR vr, params double[] values)
        {
            if (vr.IsText) return dataset.Set(tag, vr, Array.ConvertAll(values, value => DecimalString(value)));
            var size = vr == DicomVR.AT ? 4 : vr.WordSize;
            var bytes = new byte[values.Length * size];
            for (var i = 0; i < values.Length; i++) WriteNumber(bytes.AsSpan(i * size), vr, values[i], tag);
            return dataset.Set(new DicomElement(tag, vr, bytes));
        }

        /// <summary>A sequence of these items.</summary>
        public DicomDataset Set(DicomTag tag, params DicomDataset[] items) => dataset.Set(new DicomElement(tag, items));

        public DicomDataset Set(DicomTag tag, byte[] bytes) => dataset.Set(new DicomElement(tag, VrFor(tag, dataset), bytes));

        public DicomDataset Set(DicomTag tag, DicomVR vr, byte[] bytes) => dataset.Set(new DicomElement(tag, vr, bytes));

        /// <summary>Takes an attribute over from another data set, with what its text is encoded in; does nothing when that has none.</summary>
        public DicomDataset Copy(DicomDataset source, DicomTag tag)
        {
            if (!source.TryGet(tag, out var element)) return dataset;
            if (element.VR == DicomVR.SQ) return dataset.Set(tag, [.. element.Items.Select(item => item.Clone())]);
            return dataset.Set(element.VR.FollowsCharacterSet ? element.WithCharacterSet(element.CharacterSet ?? source.CharacterSet) : element);
        }

        /// <summary>The same attributes in a data set of their own.</summary>
        public DicomDataset Clone()
        {
            var copy = new DicomDataset();
            foreach (var element in dataset) copy.Copy(dataset, element.Tag);
            return copy;
        }
    }

    /// <summary>The number in at most 16 characters, as DS wants it.</summary>
    public static string DecimalString(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        for (var digits = 15; text.Length > MaxDecimalString; digits--) text = value.ToString("G" + digits, CultureInfo.InvariantCulture);
        return text;
    }

    internal static byte[] Padded(byte[] bytes, DicomVR vr)
    {
        if (bytes.Length % 2 == 0) return bytes;
        Array.Resize(ref bytes, bytes.Length + 1);
        bytes[^1] = vr.Padding;
        return bytes;
    }

    private static DicomVR VrFor(DicomTag tag, DicomDataset dataset)
    {
        var vrs = DicomDictionary.VRsOf(tag);
        if (vrs.IsEmpty) throw new ArgumentException($"{tag} is not in the dictionary: give its value representation.", nameof(tag));
        if (!vrs.Contains(DicomVR.SS)) return vrs[^1]; // OB or OW: OW
        return dataset.GetInt32(DicomTag.PixelRepresentation) == 1 ? DicomVR.SS : DicomVR.US;
    }

    private static double ParseNumber(DicomTag tag, string? value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"\"{value}\" is not a number for {tag}.", nameof(value));

    private static void WriteNumber(Span<byte> at, DicomVR vr, double value, DicomTag tag)
    {
        checked
        {
            switch (vr)
            {
                case DicomVR.US or DicomVR.OW: BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)value); break;
                case DicomVR.SS: BinaryPrimitives.WriteInt16LittleEndian(at, (short)value); break;
                case DicomVR.UL or DicomVR.OL: BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)value); break;
                case DicomVR.SL: BinaryPrimitives.WriteInt32LittleEndian(at, (int)value); break;
                case DicomVR.SV: BinaryPrimitives.WriteInt64LittleEndian(at, (long)value); break;
                case DicomVR.UV or DicomVR.OV: BinaryPrimitives.WriteUInt64LittleEndian(at, (ulong)value); break;
                case DicomVR.FL or DicomVR.OF: BinaryPrimitives.WriteSingleLittleEndian(at, (float)value); break;
                case DicomVR.FD or DicomVR.OD: BinaryPrimitives.WriteDoubleLittleEndian(at, value); break;
                case DicomVR.AT:
                    BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)((uint)value >> 16));
                    BinaryPrimitives.WriteUInt16LittleEndian(at[2..], (ushort)((uint)value & 0xFFFF));
                    break;
                default: throw new ArgumentException($"{tag} is {vr} and holds no numbers.", nameof(vr));
            }
        }
    }
}
