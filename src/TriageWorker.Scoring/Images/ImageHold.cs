using System.Collections.Concurrent;

namespace TriageWorker.Scoring;

/// <summary>Images of the cache that a study is being read from; they stay until it is disposed.</summary>
public sealed class ImageHold : IDisposable
{
    private readonly ImageCache _cache;
    private readonly ConcurrentBag<CachedImage> _images = [];

    internal ImageHold(ImageCache cache) => _cache = cache;

    internal void Add(CachedImage image) => _images.Add(image);

    public void Dispose()
    {
        if (!_images.IsEmpty) _cache.Release(_images);
        _images.Clear();
    }
}
