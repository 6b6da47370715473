namespace TriageWorker.Chaos;

/// <summary>What is done to a cluster at work.</summary>
internal enum Trouble
{
    KillIntake,
    KillWorker,
    KillJobs,

    /// <summary>SIGSTOP for longer than its lease, then SIGCONT: it wakes up as a holder of what others have done.</summary>
    FreezeWorker,

    /// <summary>SIGTERM, and started again.</summary>
    StopWorker,
    RollingRestart,
    BrokerStopApp,
    BrokerKill,
    DatabaseFast,
    DatabaseImmediate,

    /// <summary>The postmaster alone, as the system does when memory runs out.</summary>
    DatabaseKill,

    /// <summary>Longer than a lease, with all connections open.</summary>
    DatabasePause,
    ForgedTokens,
}
