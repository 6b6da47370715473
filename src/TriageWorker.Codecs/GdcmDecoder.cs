using System.Reflection;
using TriageWorker.Imaging.Decoding;

namespace TriageWorker.Codecs;

/// <summary>Decodes single frames with GDCM's <c>Image</c>: the frame as the one fragment of an image that is described beside it.</summary>
internal sealed class GdcmDecoder(Assembly gdcm)
{
    private const ushort PixelGroup = 0x7FE0, PixelElement = 0x0010;

    /// <summary>Fills <paramref name="pixels"/>.</summary>
    /// <returns>Why it cannot; null when it did.</returns>
    public string? Decode(FrameFormat format, byte[] compressed, byte[] pixels)
    {
        try
        {
            using var image = (IDisposable)ImageOf(format, compressed);
            var decoded = (uint)((dynamic)image).GetBufferLength();
            if (decoded != pixels.Length) return $"it decodes to {decoded} bytes and its header says {pixels.Length}";
            return ((dynamic)image).GetBuffer(pixels) ? null : "it is damaged: the decoder makes nothing of it";
        }
        catch (Exception fault) when (fault is ApplicationException or TargetInvocationException or ArgumentException or InvalidOperationException)
        {
            return $"the decoder does not take it: {fault.GetBaseException().Message}";
        }
    }

    private dynamic ImageOf(FrameFormat format, byte[] compressed)
    {
        dynamic fragment = New("Fragment");
        fragment.SetByteValue(compressed, New("VL", (uint)compressed.Length));
        dynamic fragments = Type("SequenceOfFragments").GetMethod("New", [])!.Invoke(null, null)!;
        fragments.AddFragment(fragment);
        dynamic element = New("DataElement", New("Tag", PixelGroup, PixelElement));
        element.SetValue(fragments.__ref__());

        dynamic image = New("Image");
        image.SetNumberOfDimensions(2u);
        image.SetDimension(0u, (uint)format.Columns);
        image.SetDimension(1u, (uint)format.Rows);
        image.SetPixelFormat(New("PixelFormat",
            (ushort)format.SamplesPerPixel, (ushort)format.BitsAllocated, (ushort)format.BitsStored, (ushort)format.HighBit, (ushort)(format.IsSigned ? 1 : 0)));
        image.SetPhotometricInterpretation(New("PhotometricInterpretation", Named("PhotometricInterpretation", "GetPIType", format.Photometric)));
        image.SetTransferSyntax(New("TransferSyntax", Named("TransferSyntax", "GetTSType", format.TransferSyntax)));
        image.SetDataElement(element);
        return image;
    }

    private object Named(string type, string lookUp, string name) => Type(type).GetMethod(lookUp, [typeof(string)])!.Invoke(null, [name])!;

    private dynamic New(string type, params object[] arguments) => Activator.CreateInstance(Type(type), arguments)!;

    private Type Type(string name) => gdcm.GetType($"gdcm.{name}", throwOnError: true)!;
}
