namespace TriageWorker.Delivery;

/// <summary>What a route's settings name is not there, or not what it should be; somebody must mend it here. The message holds no secret.</summary>
public sealed class RouteException(string message, Exception? inner = null) : IOException(message, inner);
