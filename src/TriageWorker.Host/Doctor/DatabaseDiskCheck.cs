namespace TriageWorker.Host.Doctor;

/// <summary>The embedded database has room to grow; a site's own is its administrator's to watch.</summary>
internal sealed class DatabaseDiskCheck(DatabaseDoor door) : Check("database disk")
{
    private const long Little = 5L << 30, TooLittle = 1L << 30;

    public override async Task<IReadOnlyList<Diagnosis>> RunAsync(CancellationToken stop)
    {
        if (await door.TryOpenAsync() is not { Folder: { } folder }) return [];
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var what = $"{Size.Of(free)} are free where the embedded database lies ({folder}).";
        const string ToDo = "Make room: a database without any stops, and everything but intake with it.";
        return [free < TooLittle ? Fault(what, ToDo) : free < Little ? Warning(what, ToDo) : Ok(what)];
    }
}
