namespace Kendt.Server.Host;

/// <summary>Tells those who wait that something new is to be seen. No queue: whoever looks later sees it anyway.</summary>
public sealed class Pulse
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long _beats;

    /// <summary>How many there have been.</summary>
    public long Beats => Interlocked.Read(ref _beats);

    public void Beat()
    {
        Interlocked.Increment(ref _beats);
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Ends at the next beat, or after <paramref name="longest"/> all the same.</summary>
    public async Task NextAsync(TimeSpan longest, CancellationToken cancel)
    {
        try
        {
            await Volatile.Read(ref _next).Task.WaitAsync(longest, cancel);
        }
        catch (TimeoutException)
        {
            return;
        }
    }
}
