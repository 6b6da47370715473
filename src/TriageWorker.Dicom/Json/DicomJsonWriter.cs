using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TriageWorker.Dicom.Json;

/// <summary>
/// Writes data sets as DICOM JSON Model objects (PS3.18, F.2.2), one attribute after the other. Group lengths, commands and file
/// meta information have no place in one and are left out.
/// </summary>
public sealed class DicomJsonWriter(Utf8JsonWriter json, DicomJsonWriteOptions? options = null)
{
    private const string Utf8Term = "ISO_IR 192";
    private const int FlushAbove = 64 * 1024;

    /// <summary>JSON by itself, not within HTML: characters beyond ASCII stay as they are.</summary>
    internal static JsonWriterOptions Utf8 { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly DicomJsonWriteOptions _options = options ?? DicomJsonWriteOptions.Default;
    private readonly AttributePath _path = new();

    /// <summary>Writes an array of data sets as they come; one is held at a time.</summary>
    /// <exception cref="InvalidOperationException">See <see cref="Write"/>.</exception>
    public static async Task WriteArrayAsync(Stream stream, IAsyncEnumerable<DicomDataset> datasets, DicomJsonWriteOptions? options = null, CancellationToken stop = default)
    {
        await using var json = new Utf8JsonWriter(stream, Utf8);
        var writer = new DicomJsonWriter(json, options);
        json.WriteStartArray();
        await foreach (var dataset in datasets.WithCancellation(stop))
        {
            writer.Write(dataset);
            if (json.BytesPending > FlushAbove) await json.FlushAsync(stop);
        }
        json.WriteEndArray();
        await json.FlushAsync(stop);
    }

    /// <exception cref="InvalidOperationException">Compressed pixel data for which there is no address, or a deferred value that its file no longer gives; what is written by then is incomplete.</exception>
    public void Write(DicomDataset dataset)
    {
        json.WriteStartObject();
        foreach (var element in dataset)
        {
            if (element.Tag.IsGroupLength || element.Tag.Group is 0x0000 or 0x0002) continue; // PS3.18, F.2.2; PS3.10, 7.1
            _path.Enter(element.Tag);
            WriteAttribute(element, dataset);
            _path.Leave();
        }
        json.WriteEndObject();
    }

    private void WriteAttribute(DicomElement element, DicomDataset dataset)
    {
        Span<char> name = stackalloc char[8];
        element.Tag.Value.TryFormat(name, out _, "X8", CultureInfo.InvariantCulture);
        json.WriteStartObject(name);
        json.WriteString("vr"u8, (element.VR == DicomVR.None ? DicomVR.UN : element.VR).ToString());
        if (element.VR == DicomVR.SQ) WriteItems(element);
        else if (AddressOf(element) is { } address) json.WriteString("BulkDataURI"u8, address.OriginalString);
        else if (element.IsEncapsulated) throw new InvalidOperationException($"{_path} holds compressed pixel data, which goes by reference only: say where it is.");
        else if (element.Length != 0) WriteValue(element, dataset);
        json.WriteEndObject();
    }

    private void WriteItems(DicomElement sequence)
    {
        if (sequence.Items.Count == 0) return;
        json.WriteStartArray("Value"u8);
        for (var item = 0; item < sequence.Items.Count; item++)
        {
            _path.EnterItem(item);
            Write(sequence.Items[item]);
        }
        _path.LeaveItems();
        json.WriteEndArray();
    }

    private Uri? AddressOf(DicomElement element)
    {
        if (element.BulkDataUri is { } known) return known;
        if (!element.VR.MayGoByReference || (element.Length <= _options.InlineUpTo && !element.IsEncapsulated)) return null;
        return _options.BulkDataUri?.Invoke(_path.ToString(), element);
    }

    private void WriteValue(DicomElement element, DicomDataset dataset)
    {
        if (element.VR.IsInlineBinary)
        {
            json.WriteBase64String("InlineBinary"u8, element.Bytes.Span);
            return;
        }
        var values = dataset.GetStrings(element.Tag);
        if (values.Count == 0) return; // padding only
        json.WriteStartArray("Value"u8);
        if (element.Tag == DicomTag.SpecificCharacterSet && !_options.KeepSpecificCharacterSet) json.WriteStringValue(Utf8Term);
        else foreach (var value in values) WriteOne(element.VR, value);
        json.WriteEndArray();
    }

    private void WriteOne(DicomVR vr, string value)
    {
        if (value.Length == 0) json.WriteNullValue(); // F.2.5
        else if (vr == DicomVR.PN) WriteName(value);
        else if (JsonNumber.Of(vr, value) is { } number) json.WriteRawValue(number, skipInputValidation: true);
        else json.WriteStringValue(value);
    }

    /// <summary>Component groups (PS3.5, 6.2.1.1). More than three are malformed; the rest stays with the third, so that nothing is lost.</summary>
    private void WriteName(string name)
    {
        json.WriteStartObject();
        var groups = name.Split('=', PersonName.Groups.Length);
        for (var i = 0; i < groups.Length; i++)
            if (groups[i].Length > 0)
                json.WriteString(PersonName.Groups[i], groups[i]);
        json.WriteEndObject();
    }
}
