namespace Kendt.Activate;

/// <summary>
/// The loop that sends: it sleeps until a delivery is started or resumed in this process, or until the next item is due,
/// and looks by itself every few minutes for what another process has written.
/// </summary>
/// <param name="fault">Told of what went wrong in a round, after which the loop goes on; without it the loop ends with the fault.</param>
public sealed class Outbox(Deliveries deliveries, TimeProvider time, Action<Exception>? fault = null)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5), AfterFault = TimeSpan.FromSeconds(30);

    /// <summary>Runs until it is cancelled, and then returns.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var wait = Longest;
            try
            {
                await deliveries.RunDueAsync(cancel);
                if (await deliveries.NextDueAsync(cancel) is { } next) wait = Between(TimeSpan.Zero, next - time.GetUtcNow(), Longest);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception thrown) when (fault is not null)
            {
                fault(thrown);
                wait = AfterFault;
            }
            await deliveries.WaitForWorkAsync(wait, cancel);
        }
    }

    private static TimeSpan Between(TimeSpan least, TimeSpan wanted, TimeSpan most) => wanted < least ? least : wanted > most ? most : wanted;
}
