using System.Threading.Channels;
using Kendt.Activate;
using Kendt.Model;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Activate;

public sealed class OutboxTests
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(40), Idle = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task The_loop_wakes_for_new_work_and_for_the_next_try(On on)
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address);
        await world.SayAsync(ConsentState.Granted, 1, 2);
        var clock = new WatchedTime(World.Noon);
        using var deliveries = new Deliveries(world.Stores, world.Permits, world.Destinations, clock, new() { FirstWait = FirstWait });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var loop = new Outbox(deliveries, clock).RunAsync(stop.Token);
        await clock.WaitForTimerAsync(Idle);

        var statuses = new Queue<int>([500, 200]);
        receiver.Answers = _ => new(statuses.Dequeue());
        var delivery = await deliveries.StartAsync("hook", "all", "email_marketing", [World.Person(1)], (p, _) => Task.FromResult<IReadOnlyDictionary<ProfileId, string>>(p.ToDictionary(x => x, _ => "{}")), World.Actor, Cancel);
        await clock.WaitForTimerAsync(FirstWait);
        Assert.Equal(ItemState.Waiting, (await deliveries.FindAsync(delivery.Id, Cancel))!.Items.Single().State);

        clock.Advance(FirstWait);
        await clock.WaitForTimerAsync(Idle);
        Assert.Equal(DeliveryState.Done, (await deliveries.FindAsync(delivery.Id, Cancel))!.Delivery.State);
        Assert.Equal(2, receiver.Requests.Count);

        await stop.CancelAsync();
        await loop;
    }

    [Fact]
    public async Task A_fault_is_told_and_the_loop_goes_on()
    {
        await using var world = await World.OpenAsync(On.Embedded);
        var clock = new WatchedTime(World.Noon);
        using var deliveries = new Deliveries(world.Stores, world.Permits, world.Destinations, clock, new());
        await world.Stores.DisposeAsync();
        var faults = Channel.CreateUnbounded<Exception>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var loop = new Outbox(deliveries, clock, fault => faults.Writer.TryWrite(fault)).RunAsync(stop.Token);
        Assert.IsType<ObjectDisposedException>(await faults.Reader.ReadAsync(Cancel));
        await clock.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<ObjectDisposedException>(await faults.Reader.ReadAsync(Cancel));
        await stop.CancelAsync();
        await loop;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => new Outbox(deliveries, clock).RunAsync(Cancel));
    }

    /// <summary>Tells when somebody begins to wait, so that a test moves the clock after that and not before.</summary>
    private sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timers.Writer.TryWrite(dueTime);
            return timer;
        }

        public async Task WaitForTimerAsync(TimeSpan due)
        {
            while (await _timers.Reader.ReadAsync(Cancel) != due) { }
        }
    }
}
