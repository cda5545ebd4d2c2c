namespace Kendt.Server.Host;

/// <summary>Tells those who wait that something new is to be seen. No queue: whoever looks later sees it anyway.</summary>
public sealed class Pulse
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Beat() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

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
