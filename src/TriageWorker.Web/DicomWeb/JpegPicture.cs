using System.Buffers;
using System.Runtime.CompilerServices;
using JpegLibrary;
using TriageWorker.Imaging.Rendering;

namespace TriageWorker.Web;

/// <summary>Baseline JPEG (ITU-T T.81), eight bits: what every browser shows.</summary>
internal static class JpegPicture
{
    /// <param name="quality">1 to 100.</param>
    public static byte[] Encode(DisplayImage image, int quality)
    {
        var encoder = new JpegEncoder();
        encoder.SetQuantizationTable(JpegStandardQuantizationTable.ScaleByQuality(JpegStandardQuantizationTable.GetLuminanceTable(JpegElementPrecision.Precision8Bit, 0), quality));
        encoder.SetHuffmanTable(true, 0, JpegStandardHuffmanEncodingTable.GetLuminanceDCTable());
        encoder.SetHuffmanTable(false, 0, JpegStandardHuffmanEncodingTable.GetLuminanceACTable());
        for (byte channel = 0; channel < image.Channels; channel++) encoder.AddComponent((byte)(channel + 1), 0, 0, 0, 1, 1);
        encoder.SetInputReader(new Blocks(image));
        var bytes = new ArrayBufferWriter<byte>();
        encoder.SetOutput(bytes);
        encoder.Encode();
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Blocks of eight by eight; beyond the edge its last pixels go on, so that the edge stays sharp.</summary>
    private sealed class Blocks(DisplayImage image) : JpegBlockInputReader
    {
        private const int Side = 8;

        public override int Width => image.Width;

        public override int Height => image.Height;

        public override void ReadBlock(ref short blockRef, int componentIndex, int x, int y)
        {
            for (var row = 0; row < Side; row++)
                for (var column = 0; column < Side; column++)
                    Unsafe.Add(ref blockRef, (row * Side) + column) = ValueAt(Math.Min(x + column, image.Width - 1), Math.Min(y + row, image.Height - 1), componentIndex);
        }

        // Colour goes as luminance and two differences (ITU-T T.871, 7).
        private byte ValueAt(int x, int y, int component)
        {
            var at = ((y * image.Width) + x) * image.Channels;
            if (image.Channels == 1) return image.Pixels[at];
            var (red, green, blue) = (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
            var value = component switch
            {
                0 => (0.299 * red) + (0.587 * green) + (0.114 * blue),
                1 => 128 - (0.168736 * red) - (0.331264 * green) + (0.5 * blue),
                _ => 128 + (0.5 * red) - (0.418688 * green) - (0.081312 * blue),
            };
            return (byte)Math.Clamp(Math.Round(value), 0, byte.MaxValue);
        }
    }
}
