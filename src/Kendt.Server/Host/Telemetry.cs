using System.Diagnostics.Metrics;

namespace Kendt.Server.Host;

/// <summary>What is measured of a running Kendt; <c>/metrics</c> shows it in Prometheus's form. No label holds personal data.</summary>
public static class Telemetry
{
    public const string Name = "Kendt";

    private static readonly Meter Meter = new(Name);

    public static Counter<long> Received { get; } = Meter.CreateCounter<long>("kendt.messages.received", "messages", "Messages acknowledged");
    public static Counter<long> Rejected { get; } = Meter.CreateCounter<long>("kendt.messages.rejected", "messages", "Messages that went to dead letters");
    public static Counter<long> Busy { get; } = Meter.CreateCounter<long>("kendt.calls.busy", "calls", "Calls answered with 503");
    public static Counter<long> Limited { get; } = Meter.CreateCounter<long>("kendt.calls.limited", "calls", "Calls answered with 429: their source sent faster than it may");
    public static Counter<long> Events { get; } = Meter.CreateCounter<long>("kendt.pipeline.facts", "facts", "Messages and records brought to profiles");
    public static Histogram<double> BatchSeconds { get; } = Meter.CreateHistogram<double>("kendt.pipeline.batch", "s", "Time of one batch through ledger and warehouse");

    /// <summary>Values that are asked for when somebody looks.</summary>
    public static void Watch(Func<long> backlog, Func<long> freeDisk)
    {
        Meter.CreateObservableGauge("kendt.pipeline.backlog", backlog, "facts", "Taken but not yet in profiles");
        Meter.CreateObservableGauge("kendt.disk.free", freeDisk, "By", "Free space of the workspace's disk");
    }
}
