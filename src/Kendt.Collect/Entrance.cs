namespace Kendt.Collect;

/// <summary>The way into the intake log for messages from outside, by whatever door: past the source's plan, then to the disk.</summary>
public sealed class Entrance(IntakeLog log, Plans plans)
{
    /// <summary>Appends a call; what its plan blocks is appended as refused.</summary>
    /// <returns>What became of it, and the call as it was let in.</returns>
    public async ValueTask<(AppendResult Result, TrackingCall.Items Call)> AppendAsync(string source, TrackingCall.Items call, DateTimeOffset receivedAt, CancellationToken cancel)
    {
        var checkedCall = await plans.CheckAsync(source, call, cancel);
        return (await log.AppendAsync(source, checkedCall, receivedAt, cancel), checkedCall);
    }

    /// <summary>The same for those who keep what is refused themselves.</summary>
    public async ValueTask<(AppendResult Result, IReadOnlyList<Rejected> Refused)> AppendTakenAsync(string source, TrackingCall.Items call, DateTimeOffset receivedAt, CancellationToken cancel)
    {
        var checkedCall = await plans.CheckAsync(source, call, cancel);
        return (await log.AppendAsync(source, checkedCall with { Refused = [] }, receivedAt, cancel), checkedCall.Refused);
    }
}
