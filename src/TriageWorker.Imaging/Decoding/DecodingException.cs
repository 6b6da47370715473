namespace TriageWorker.Imaging.Decoding;

/// <summary>A compressed frame cannot be decoded, now or ever: the image is at fault. The message is a clause that follows "because".</summary>
public sealed class DecodingException(string because) : Exception(because);
