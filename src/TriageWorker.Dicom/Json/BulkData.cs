using TriageWorker.Dicom.Text;

namespace TriageWorker.Dicom.Json;

/// <summary>What was fetched from where a value lies.</summary>
public static class BulkData
{
    extension(DicomElement reference)
    {
        /// <summary>The element with the bytes that lie at its <see cref="DicomElement.BulkDataUri"/>: little endian, text in UTF-8 (PS3.18, F.2.2, note 4).</summary>
        public DicomElement WithValue(ReadOnlyMemory<byte> bytes) => new(reference.Tag, reference.VR, bytes)
        {
            CharacterSet = reference.VR.FollowsCharacterSet ? CharacterSet.Utf8 : null,
        };
    }
}
