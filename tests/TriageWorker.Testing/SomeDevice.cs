namespace TriageWorker.Testing;

/// <summary>Disks with troubles, as the system offers them to anybody.</summary>
public static class SomeDevice
{
    /// <summary>Makes a device of every name that a spool has prepared: <c>/dev/full</c> takes no byte, <c>/dev/null</c> cannot be synced.</summary>
    /// <param name="incoming">The spool's folder <c>incoming</c>.</param>
    public static void Become(string device, string incoming)
    {
        foreach (var name in Directory.GetFiles(incoming, "*.part", SearchOption.AllDirectories))
        {
            File.Delete(name);
            File.CreateSymbolicLink(name, device);
        }
    }
}
