using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Scoring;

/// <summary>
/// Images of other nodes, by content. A process holds a folder of its own by a lock that ends with it, so that the next one takes over
/// what is there; what an earlier process left is checked by its digest before it is used.
/// </summary>
public sealed class ImageCache(IOptions<ScoringRoleOptions> role, TimeProvider clock) : IDisposable
{
    private const string PartPattern = "*.part";
    private readonly ImageCacheOptions _options = role.Value.Cache;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CachedImage> _images = new(StringComparer.Ordinal);
    private HeldFolder? _held;
    private string _folder = "";
    private long _bytes;

    /// <summary>What is taken until it is disposed is not removed.</summary>
    public ImageHold Hold() => new(this);

    /// <summary>Where an image is; null when it is not here.</summary>
    internal string? Find(byte[] digest, ImageHold hold)
    {
        CachedImage? image;
        lock (_lock)
        {
            Open();
            if (!_images.TryGetValue(ContentAddress.Of(digest), out image)) return null;
            Take(image, hold);
        }

        if (!image.IsChecked && ContentDigest.Fault(image.Path, digest) is not null)
        {
            Remove(image);
            return null;
        }

        image.IsChecked = true;
        return image.Path;
    }

    /// <summary>A name for an image that is being read.</summary>
    internal string NewPart()
    {
        lock (_lock) Open();
        return Path.Combine(_folder, $"{Guid.CreateVersion7():N}.part");
    }

    /// <summary>Gives an image, whose digest has been checked, its name.</summary>
    internal string Keep(byte[] digest, string part, ImageHold hold)
    {
        var address = ContentAddress.Of(digest);
        var path = Path.Combine(_folder, address);
        lock (_lock)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(part, path, overwrite: true);
            if (!_images.TryGetValue(address, out var image))
            {
                image = new CachedImage(address, path, new FileInfo(path).Length) { LastUsed = clock.GetUtcNow() };
                _images[address] = image;
                _bytes += image.Bytes;
            }

            image.IsChecked = true;
            Take(image, hold);
        }

        return path;
    }

    /// <summary>Removes what was used longest ago until so much more has room, or all that is left is in use.</summary>
    internal void MakeRoom(long bytes)
    {
        lock (_lock)
        {
            Open();
            if (_bytes + bytes <= _options.Bytes) return;
            foreach (var image in _images.Values.Where(image => image.Holds == 0).OrderBy(image => image.LastUsed).ToArray())
            {
                if (_bytes + bytes <= _options.Bytes) return;
                Forget(image);
            }
        }
    }

    internal void Release(IEnumerable<CachedImage> images)
    {
        lock (_lock)
        {
            foreach (var image in images) image.Holds--;
        }

        MakeRoom(0);
    }

    public void Dispose() => _held?.Dispose();

    private void Take(CachedImage image, ImageHold hold)
    {
        image.Holds++;
        image.LastUsed = clock.GetUtcNow();
        File.SetLastWriteTimeUtc(image.Path, image.LastUsed.UtcDateTime); // so that the next process knows it too
        hold.Add(image);
    }

    private void Remove(CachedImage image)
    {
        lock (_lock)
        {
            if (_images.ContainsKey(image.Address)) Forget(image);
        }
    }

    private void Forget(CachedImage image)
    {
        File.Delete(image.Path);
        _images.Remove(image.Address);
        _bytes -= image.Bytes;
    }

    private void Open()
    {
        if (_held is not null) return;
        var root = Path.GetFullPath(_options.Folder);
        for (var number = 0; _held is null; number++)
        {
            _folder = Path.Combine(root, number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Directory.CreateDirectory(_folder);
            _held = HeldFolder.TryHold(_folder);
        }

        foreach (var part in Directory.EnumerateFiles(_folder, PartPattern)) File.Delete(part);
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*.dcm", SearchOption.AllDirectories))
        {
            var image = new CachedImage(Path.GetRelativePath(_folder, file.FullName), file.FullName, file.Length) { LastUsed = file.LastWriteTimeUtc };
            _images[image.Address] = image;
            _bytes += image.Bytes;
        }
    }
}

/// <param name="Address">See <see cref="ContentAddress"/>.</param>
internal sealed record CachedImage(string Address, string Path, long Bytes)
{
    public DateTimeOffset LastUsed { get; set; }

    /// <summary>By this process; what an earlier one left may have been torn by a crash of the machine.</summary>
    public bool IsChecked { get; set; }

    public int Holds { get; set; }
}
