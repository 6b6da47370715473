namespace TriageWorker.Imaging.Rendering;

/// <summary>What is seen: a byte a pixel and channel, row by row, from 0, black, to 255.</summary>
/// <param name="Channels">1: grey; 3: red, green, blue.</param>
public sealed record DisplayImage(int Width, int Height, int Channels, byte[] Pixels);
