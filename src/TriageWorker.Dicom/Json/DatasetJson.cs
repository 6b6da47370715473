using System.Buffers;
using System.Text.Json;

namespace TriageWorker.Dicom.Json;

/// <summary>
/// Data sets as DICOM JSON (PS3.18, annex F) and back. Reading fetches nothing: a value that lies elsewhere becomes an element
/// with a <see cref="DicomElement.BulkDataUri"/>, until <c>FetchBulkDataAsync</c> or the caller puts its bytes there.
/// </summary>
/// <example><c>await foreach (var instance in DicomDataset.ReadJsonAsync(response, stop: stop)) …</c></example>
public static class DatasetJson
{
    extension(DicomDataset dataset)
    {
        /// <summary>Reads one object.</summary>
        /// <exception cref="DicomJsonException">The text is not JSON, or not a DICOM JSON Model object.</exception>
        public static DicomDataset ParseJson(ReadOnlySpan<byte> utf8, DicomJsonReadOptions? options = null)
        {
            options ??= DicomJsonReadOptions.Default;
            var reader = new Utf8JsonReader(utf8, options.Reading);
            return DataSetParser.Parse(ref reader, options, new AttributePath());
        }

        /// <summary>Reads an array of objects, or one object by itself, each as soon as it is there; one is held at a time.</summary>
        /// <exception cref="DicomJsonException">The text is not JSON, holds something else, is cut, or an object is longer than allowed.</exception>
        public static IAsyncEnumerable<DicomDataset> ReadJsonAsync(Stream stream, DicomJsonReadOptions? options = null, CancellationToken stop = default) =>
            new DataSetStream(options ?? DicomJsonReadOptions.Default).ReadAsync(stream, stop);

        /// <summary>The data set as one object.</summary>
        /// <exception cref="InvalidOperationException">See <see cref="DicomJsonWriter.Write"/>.</exception>
        public byte[] ToJson(DicomJsonWriteOptions? options = null)
        {
            var text = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(text, DicomJsonWriter.Utf8)) new DicomJsonWriter(json, options).Write(dataset);
            return text.WrittenSpan.ToArray();
        }

        /// <summary>Replaces each value that lies elsewhere, those of items too, by what <paramref name="fetch"/> brings (see <c>WithValue</c>), one after the other.</summary>
        /// <exception cref="ArgumentException">An element of another tag was brought.</exception>
        public async ValueTask FetchBulkDataAsync(Func<DicomElement, CancellationToken, ValueTask<DicomElement>> fetch, CancellationToken stop)
        {
            foreach (var element in dataset.ToList())
            {
                foreach (var item in element.Items) await item.FetchBulkDataAsync(fetch, stop);
                if (element.BulkDataUri is null) continue;
                var brought = await fetch(element, stop);
                if (brought.Tag != element.Tag) throw new ArgumentException($"{brought.Tag} was brought for {element.Tag}.", nameof(fetch));
                dataset.Set(brought);
            }
        }
    }
}
