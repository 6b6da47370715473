using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>Section <c>Intake</c>: where scanners push to, and which of them may.</summary>
public sealed record IntakeOptions
{
    public const string Section = "Intake";

    /// <summary>The IP address to listen on. Anything but loopback needs <see cref="Callers"/> or <see cref="AllowAnyCaller"/>.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>0 lets the operating system choose.</summary>
    [Range(0, ushort.MaxValue)]
    public int Port { get; set; } = 11112;

    /// <summary>Our application entity title, 1 to 16 characters.</summary>
    [RegularExpression(@"^[ -\[\]-~]{1,16}$")]
    public string AeTitle { get; set; } = "TRIAGE";

    /// <summary>Refuses callers that ask for another title than ours; some scanners are set up with any.</summary>
    public bool CheckCalledAe { get; set; }

    /// <summary>Who may push, and how their studies are treated. Empty: whoever reaches the address.</summary>
    public IReadOnlyList<CallerOptions> Callers { get; set; } = [];

    /// <summary>The port for callers that speak TLS, beside the plain one or instead of it.</summary>
    public IntakeTlsOptions Tls { get; set; } = new();

    /// <summary>Says that the site itself keeps strangers from an address that is not loopback.</summary>
    public bool AllowAnyCaller { get; set; }

    /// <summary>A study may be complete when its caller has released every association and nothing came for this long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromSeconds(5);

    public OrderClass Order { get; set; } = OrderClass.Routine;

    /// <summary>More associations at once are rejected for now.</summary>
    [Range(1, 1000)]
    public int MaxAssociations { get; set; } = 64;

    /// <summary>The same for one address, so that none keeps the others out; callers behind one balancer share theirs.</summary>
    [Range(1, 1000)]
    public int MaxAssociationsPerAddress { get; set; } = 32;

    /// <summary>The P-DATA length announced to callers, in bytes.</summary>
    [Range(4096, 4 * 1024 * 1024)]
    public int MaxPduLength { get; set; } = 128 * 1024;

    /// <summary>The longest silence inside an association.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan AssociationIdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>With <c>Spool:Archive</c>: how long the answer to a commitment request may wait for objects that are not here, before it says so.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CommitmentWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The same over DICOMweb.</summary>
    public IntakeWebOptions DicomWeb { get; set; } = new();

    /// <summary>What callers may ask of the spool by C-FIND and C-MOVE.</summary>
    public IntakeQueryOptions Query { get; set; } = new();

    internal IPAddress Ip => IPAddress.Parse(Address);
}

/// <summary>Reports every fault at once, each with its key.</summary>
internal sealed class IntakeOptionsValidator(IOptions<DestinationOptions> destinations) : IValidateOptions<IntakeOptions>
{
    internal static readonly TimeSpan LongestIdle = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, IntakeOptions options)
    {
        var known = destinations.Value.Destinations.Select(destination => destination.Name).ToList();
        var faults = Faults(options, known, MoveTargets.Titles(options.Query, destinations.Value)).Select(fault => $"{IntakeOptions.Section}:{fault}").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(IntakeOptions options, IReadOnlyList<string> known, IReadOnlyCollection<string> targets)
    {
        if (!IPAddress.TryParse(options.Address, out var ip))
            yield return $"{nameof(options.Address)}: {options.Address} is no IP address.";
        else if (!IPAddress.IsLoopback(ip) && options.Callers.Count == 0 && !options.AllowAnyCaller)
            yield return $"{nameof(options.Address)}: {options.Address} can be reached from the network. Name the scanners in {IntakeOptions.Section}:{nameof(options.Callers)}, " +
                         $"or set {IntakeOptions.Section}:{nameof(options.AllowAnyCaller)} to true where the network itself keeps strangers out.";
        if (options.Port is < 0 or > ushort.MaxValue) yield return $"{nameof(options.Port)}: {options.Port} is no port (0 to {ushort.MaxValue}).";
        if (!IsAeTitle(options.AeTitle)) yield return $"{nameof(options.AeTitle)}: '{options.AeTitle}' is no application entity title (1 to 16 characters of ASCII, no backslash).";
        if (options.MaxAssociations is < 1 or > 1000) yield return $"{nameof(options.MaxAssociations)}: {options.MaxAssociations} is not within 1 to 1000.";
        if (options.MaxAssociationsPerAddress is < 1 or > 1000) yield return $"{nameof(options.MaxAssociationsPerAddress)}: {options.MaxAssociationsPerAddress} is not within 1 to 1000.";
        if (options.MaxPduLength is < 4096 or > 4 * 1024 * 1024) yield return $"{nameof(options.MaxPduLength)}: {options.MaxPduLength} is not within 4096 to 4194304.";
        if (!IsIdle(options.IdleTime)) yield return $"{nameof(options.IdleTime)}: {options.IdleTime} is not within 00:00:00.1 to {LongestIdle}.";
        if (options.AssociationIdleTimeout < TimeSpan.FromSeconds(1) || options.AssociationIdleTimeout > LongestIdle)
            yield return $"{nameof(options.AssociationIdleTimeout)}: {options.AssociationIdleTimeout} is not within 00:00:01 to {LongestIdle}.";
        if (options.CommitmentWait < TimeSpan.Zero || options.CommitmentWait > TimeSpan.FromDays(1)) yield return $"{nameof(options.CommitmentWait)}: {options.CommitmentWait} is not within 00:00:00 to 1.00:00:00.";
        foreach (var fault in IntakeTlsFaults.Of(options)) yield return fault;
        foreach (var fault in IntakeWebFaults.Of(options)) yield return fault;
        foreach (var fault in IntakeQueryFaults.Of(options.Query)) yield return fault;
        for (var i = 0; i < options.Callers.Count; i++)
            foreach (var fault in CallerFaults.Of(options.Callers[i], options.Tls, known, targets)) yield return $"{nameof(options.Callers)}:{i}:{fault}";
    }

    internal static bool IsIdle(TimeSpan time) => time >= TimeSpan.FromMilliseconds(100) && time <= LongestIdle;

    // PS3.5, 6.2: AE.
    internal static bool IsAeTitle(string title) =>
        title.Trim().Length is > 0 and <= 16 && title.All(letter => letter is >= ' ' and <= '~' and not '\\');
}
