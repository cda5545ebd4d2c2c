using System.Text.Json;
using Kendt.Activate;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Tests.Activate;

public sealed class DeliveriesTests
{
    private static readonly int[] People = [.. Enumerable.Range(1, 10)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static IEnumerable<string> Sent(Receiver receiver) => receiver.Requests.SelectMany(r =>
        JsonDocument.Parse(r.Body).RootElement.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("profile_id").GetString()!));

    [Theory, Engines]
    public async Task People_without_consent_are_left_out_and_counted(On on)
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address);
        await world.SayAsync(ConsentState.Granted, 1, 2, 3);
        await world.SayAsync(ConsentState.Denied, 4, 5);
        var delivery = await world.Deliveries.StartAsync("hook", "all", Purposes.EmailMarketing, [.. People.Select(World.Person)],
            (people, _) => Task.FromResult<IReadOnlyDictionary<ProfileId, string>>(people.Where(p => p != World.Person(3)).ToDictionary(p => p, _ => "{}")), World.Actor, Cancel);
        Assert.Equal((10L, 2L), (delivery.Asked, delivery.Permitted));
        Assert.Equal(new Dictionary<string, long> { [Permits.Denied] = 2, [Permits.NeverAsked] = 5, [Deliveries.NothingToSend] = 1 }, delivery.Withheld);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal(new[] { 1, 2 }.Select(n => World.Person(n).ToString()).Order(StringComparer.Ordinal), Sent(receiver));
        var read = Assert.Single(await world.Deliveries.ListAsync(0, 10, Cancel));
        Assert.Equal((delivery.Id, "hook", "all", Purposes.EmailMarketing, World.Actor, delivery.PermitId), (read.Id, read.Destination, read.Segment, read.Purpose, read.Actor, read.PermitId));
        Assert.Equal(delivery.Withheld, read.Withheld);
        Assert.Equal(1, (await new Audit(world.Stores, world.Time).ListAsync(new() { Action = "delivery.started", Subject = delivery.Id.ToString() }, 0, 1, Cancel)).Total);
    }

    [Theory, Engines]
    public async Task A_delivery_to_nobody_is_done_at_once(On on)
    {
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync("http://127.0.0.1:1/");
        var delivery = (await world.FindAsync((await world.StartAsync("hook", 1, 2)).Id)).Delivery;
        Assert.Equal((DeliveryState.Done, 0L, World.Noon), (delivery.State, delivery.Permitted, delivery.EndedAt));
        Assert.Null(await world.Deliveries.NextDueAsync(Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => world.StartAsync("none", 1));
        await Assert.ThrowsAsync<BadInputException>(() => world.Deliveries.StartAsync("hook", "all", "fun", [], null!, World.Actor, Cancel));
    }

    [Theory, Engines]
    public async Task Consent_taken_back_before_sending_counts(On on)
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address, batch: 4);
        await world.SayAsync(ConsentState.Granted, People);
        var delivery = await world.StartAsync("hook", People);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await world.SayAsync(ConsentState.Denied, 3, 7);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal(People.Except([3, 7]).Select(n => World.Person(n).ToString()).Order(StringComparer.Ordinal), Sent(receiver));
        var detail = await world.FindAsync(delivery.Id);
        Assert.Equal((DeliveryState.Done, 8L, 2L), (detail.Delivery.State, detail.Delivery.Delivered, detail.Delivery.Refused));
        Assert.Equal([(ItemState.Delivered, "", 8L), (ItemState.Refused, "consent withdrawn", 2L)], detail.Items);
        Assert.Equal(0, await world.Stores.Ledger.ReadAsync(s => s.CountAsync(Sql.Of($"select count(*) from outbox where payload <> {"{}"}"), Cancel), Cancel));
    }

    [Theory, Engines]
    public async Task Tries_come_at_growing_distances_and_end(On on)
    {
        await using var receiver = new Receiver { Answers = _ => new(500) };
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address, batch: 4);
        await world.SayAsync(ConsentState.Granted, People);
        var delivery = await world.StartAsync("hook", People);
        var waits = new List<double>();
        var tries = new List<int>();
        for (var next = await world.Deliveries.NextDueAsync(Cancel); next is { } at; next = await world.Deliveries.NextDueAsync(Cancel))
        {
            waits.Add((at - world.Time.GetUtcNow()).TotalSeconds);
            world.Time.Advance(at - world.Time.GetUtcNow());
            var before = receiver.Requests.Count;
            await world.Deliveries.RunDueAsync(Cancel);
            tries.Add(receiver.Requests.Count - before);
        }
        // The first batch alone is tried until it is given up; the others are put off with it, and then the next is tried.
        Assert.Equal([1, 1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 1], tries);
        Assert.Equal([0, 30, 60, 120, 240], waits.Take(5));
        var detail = await world.FindAsync(delivery.Id);
        Assert.Equal((DeliveryState.Done, 0L, 10L), (detail.Delivery.State, detail.Delivery.Delivered, detail.Delivery.Refused));
        Assert.Equal([(ItemState.Refused, "given up after 5 tries: the receiver answers 500", 10L)], detail.Items);
        Assert.Equal(15, receiver.Requests.Count);
        Assert.Equal(3, receiver.Requests.Select(r => r.Headers["Idempotency-Key"]).Distinct().Count());
    }

    [Theory, Engines]
    public async Task A_locked_destination_holds_its_deliveries_until_it_is_mended(On on)
    {
        await using var receiver = new Receiver { Answers = _ => new(401) };
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address, batch: 4);
        await world.SayAsync(ConsentState.Granted, People);
        var delivery = await world.StartAsync("hook", People);
        await world.Deliveries.RunDueAsync(Cancel);
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Single(receiver.Requests);
        var held = (await world.FindAsync(delivery.Id)).Delivery;
        Assert.Equal(DeliveryState.Held, held.State);
        Assert.Contains("401", held.Note, StringComparison.Ordinal);
        Assert.Null(await world.Deliveries.NextDueAsync(Cancel));
        receiver.Answers = _ => new(200);
        Assert.Equal(1, await world.Deliveries.ResumeAsync("hook", World.Actor, Cancel));
        Assert.Equal(0, await world.Deliveries.ResumeAsync("hook", World.Actor, Cancel));
        await world.Deliveries.RunDueAsync(Cancel);
        var done = (await world.FindAsync(delivery.Id)).Delivery;
        Assert.Equal((DeliveryState.Done, 10L, ""), (done.State, done.Delivered, done.Note));
    }

    [Theory, Engines]
    public async Task What_waits_for_a_removed_destination_is_refused(On on)
    {
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync("http://127.0.0.1:1/");
        await world.SayAsync(ConsentState.Granted, People);
        var delivery = await world.StartAsync("hook", People);
        await world.Destinations.RemoveAsync("hook", World.Actor, Cancel);
        await world.Deliveries.RunDueAsync(Cancel);
        var detail = await world.FindAsync(delivery.Id);
        Assert.Equal((DeliveryState.Done, 10L), (detail.Delivery.State, detail.Delivery.Refused));
        Assert.Equal([(ItemState.Refused, "the destination was removed", 10L)], detail.Items);
    }

    [Theory, Engines]
    public async Task A_crash_while_sending_loses_nobody_and_repeats_the_same_batch(On on)
    {
        var crashing = new CrashingDestination();
        await using var world = await World.OpenAsync(on, crashing);
        await world.Destinations.PutAsync("crash", "crashing", new Dictionary<string, string>(), World.Actor, Cancel);
        await world.SayAsync(ConsentState.Granted, People);
        var delivery = await world.StartAsync("crash", People);
        crashing.DieAt = 2;
        _ = world.Deliveries.RunDueAsync(Cancel);
        await crashing.Died.Task.WaitAsync(Cancel);
        await world.CrashAsync();
        await world.Deliveries.RunDueAsync(Cancel);
        if (!world.IsEmbedded)
        {
            // Another process may still be at it: the batch is taken over when the lease ends.
            Assert.Equal(7, (await world.FindAsync(delivery.Id)).Delivery.Delivered);
            world.Time.Advance(world.Options.Lease);
            await world.Deliveries.RunDueAsync(Cancel);
        }
        Assert.Equal((DeliveryState.Done, 10L), ((await world.FindAsync(delivery.Id)).Delivery.State, (await world.FindAsync(delivery.Id)).Delivery.Delivered));
        Assert.Equal(5, crashing.Batches.Count);
        Assert.Equal(crashing.Batches[1], crashing.Batches.Skip(2).Single(b => b == crashing.Batches[1]));
        Assert.Equal(10, crashing.Batches.SelectMany(b => b.Split(' ')).Distinct().Count());
    }

    [Theory, Engines]
    public async Task A_destination_that_breaks_is_told_of_and_tried_again(On on)
    {
        var breaking = new CrashingDestination { BreakAt = 1 };
        await using var world = await World.OpenAsync(on, breaking);
        await world.Destinations.PutAsync("crash", "crashing", new Dictionary<string, string>(), World.Actor, Cancel);
        await world.SayAsync(ConsentState.Granted, People);
        var delivery = await world.StartAsync("crash", People);
        await Assert.ThrowsAsync<FormatException>(() => world.Deliveries.RunDueAsync(Cancel));
        var detail = await world.FindAsync(delivery.Id);
        Assert.Equal([(ItemState.Waiting, "", 7L), (ItemState.Waiting, "a fault in the destination (FormatException)", 3L)], detail.Items);
        world.Time.Advance(TimeSpan.FromSeconds(30));
        await world.Deliveries.RunDueAsync(Cancel);
        Assert.Equal(10, (await world.FindAsync(delivery.Id)).Delivery.Delivered);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("secret text")]
    public async Task A_payload_that_is_no_object_starts_nothing(string payload)
    {
        await using var world = await World.OpenAsync(On.Embedded);
        await world.AddWebhookAsync("http://127.0.0.1:1/");
        await world.SayAsync(ConsentState.Granted, 1);
        var fault = await Assert.ThrowsAsync<ArgumentException>(() => world.Deliveries.StartAsync("hook", "all", Purposes.EmailMarketing, [World.Person(1)],
            (people, _) => Task.FromResult<IReadOnlyDictionary<ProfileId, string>>(people.ToDictionary(p => p, _ => payload)), World.Actor, Cancel));
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
        Assert.Empty(await world.Deliveries.ListAsync(0, 10, Cancel));
    }

    [Theory, Engines]
    public async Task Of_two_processes_each_sends_its_own_items(On on)
    {
        await using var receiver = new Receiver();
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address, batch: 1);
        await world.SayAsync(ConsentState.Granted, People);
        var delivery = await world.StartAsync("hook", People);
        if (world.IsEmbedded)
        {
            await Task.WhenAll(world.Deliveries.RunDueAsync(Cancel), world.Deliveries.RunDueAsync(Cancel));
        }
        else
        {
            using var other = new Deliveries(world.Stores, world.Permits, world.Destinations, world.Time, world.Options);
            await Task.WhenAll(world.Deliveries.RunDueAsync(Cancel), other.RunDueAsync(Cancel));
        }
        Assert.Equal(10, Sent(receiver).Count());
        Assert.Equal((DeliveryState.Done, 10L), ((await world.FindAsync(delivery.Id)).Delivery.State, (await world.FindAsync(delivery.Id)).Delivery.Delivered));
    }

    [Theory, Engines]
    public async Task A_graceful_stop_leaves_the_batch_due(On on)
    {
        await using var receiver = new Receiver { Answers = _ => null };
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync(receiver.Address);
        await world.SayAsync(ConsentState.Granted, 1);
        await world.StartAsync("hook", 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var run = new Outbox(world.Deliveries, world.Time).RunAsync(stop.Token);
        await receiver.Silent.Task.WaitAsync(Cancel);
        await stop.CancelAsync();
        await run;
        Assert.Equal(world.Time.GetUtcNow(), await world.Deliveries.NextDueAsync(Cancel));
    }

    /// <summary>Takes three people at a time and never comes back from a chosen call, as by kill -9, or breaks in one.</summary>
    private sealed class CrashingDestination : IDestination
    {
        public List<string> Batches { get; } = [];

        public int DieAt { get; set; }

        public int BreakAt { get; set; }

        public TaskCompletionSource Died { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Kind => "crashing";

        public string Title => "Crashing";

        public IReadOnlyList<DestinationField> Fields => [];

        public int? BatchSizeOf(DestinationSettings settings) => 3;

        public Task<TestAnswer> TestAsync(DestinationSettings settings, CancellationToken cancel) => Task.FromResult<TestAnswer>(new TestAnswer.Works());

        public Task<IReadOnlyList<SendResult>> SendAsync(DestinationSettings settings, Permit<IReadOnlyList<OutboxItem>> permit, CancellationToken cancel)
        {
            Batches.Add(string.Join(' ', permit.Value.Select(i => i.Profile)));
            if (Batches.Count == BreakAt) throw new FormatException("broken");
            if (Batches.Count == DieAt)
            {
                Died.SetResult();
                return new TaskCompletionSource<IReadOnlyList<SendResult>>().Task;
            }
            return Task.FromResult<IReadOnlyList<SendResult>>([.. permit.Value.Select(_ => new SendResult.Delivered())]);
        }

        public Task<EraseAnswer> DeleteAsync(DestinationSettings settings, IReadOnlyList<ProfileId> ids, CancellationToken cancel) =>
            Task.FromResult<EraseAnswer>(new EraseAnswer.CannotErase("it is only for tests"));
    }
}
