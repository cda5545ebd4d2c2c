using Kendt.Collect;
using Kendt.Model;
using Kendt.Store;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class IntakeLogTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<AppendResult.Taken> TakeAsync(IntakeLog log, TrackingCall.Items call, string source = "web") =>
        Assert.IsType<AppendResult.Taken>(await log.AppendAsync(source, call, Noon, Cancel));

    [Theory, Engines]
    public async Task What_is_acknowledged_is_there_once_in_order_after_another_process_opens_it(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await using (var log = await OpenAsync(test.Stores)) Assert.Equal(new AppendResult.Taken(3, 1, 0), await TakeAsync(log, Batch(["a", "b", "a", "c"])));
        await test.ReopenAsync();
        await using var again = await OpenAsync(test.Stores);
        Assert.Equal(3, again.Last);
        Assert.Equal(new AppendResult.Taken(1, 2, 0), await TakeAsync(again, Batch(["b", "d", "c"])));
        Assert.Equal(new AppendResult.Taken(1, 0, 0), await TakeAsync(again, Batch(["a"]), "shop"));
        var messages = await again.ReadAsync(0, 100, Cancel);
        Assert.Equal([(1L, "web", "a"), (2L, "web", "b"), (3L, "web", "c"), (4L, "web", "d"), (5L, "shop", "a")], messages.Select(m => (m.Seq, m.Source, m.MessageId)));
        Assert.Equal(Track("a"), System.Text.Encoding.UTF8.GetString(messages[0].Body));
        Assert.Equal([4L, 5L], (await again.ReadAsync(3, 100, Cancel)).Select(m => m.Seq));
    }

    [Theory, Engines]
    public async Task Many_callers_at_once_share_commits_and_no_message_is_lost_or_doubled(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await using (var log = await OpenAsync(test.Stores))
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 400).Select(n => Task.Run(() => TakeAsync(log, Batch([$"m{n % 300}", $"x{n}"])), Cancel)));
            Assert.Equal(700, results.Sum(r => r.New));
            Assert.Equal(100, results.Sum(r => r.Duplicates));
            var seqs = (await log.ReadAsync(0, 10_000, Cancel)).ConvertAll(m => m.Seq);
            Assert.Equal(Enumerable.Range(1, 700).Select(n => (long)n), seqs);
        }
    }

    [Theory, Engines]
    public async Task A_second_writer_of_the_same_log_is_refused_or_noticed_and_places_stay_apart(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await using var one = await OpenAsync(test.Stores);
        if (on is On.Embedded)
        {
            await Assert.ThrowsAsync<CannotException>(() => OpenAsync(test.Stores));
            return;
        }
        await using var two = await OpenAsync(test.Stores);
        await TakeAsync(one, Batch(["a", "b"]));
        Assert.Equal(new AppendResult.Taken(1, 1, 0), await TakeAsync(two, Batch(["b", "c"])));
        Assert.Equal([1L, 2L, 3L], (await one.ReadAsync(0, 10, Cancel)).Select(m => m.Seq));
    }

    [Theory, Engines]
    public async Task Rejects_are_durable_come_to_the_dead_letters_once_and_can_be_found(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var letters = new DeadLetters(test.Stores);
        await using (var log = await OpenAsync(test.Stores))
        {
            var call = Items($$"""{"batch":[{"type":"track","userId":"100%_x"},{{Track("a")}},"nobody",{"type":"track","event":"E\u0000"}]}""");
            Assert.Equal(new AppendResult.Taken(1, 0, 3), await TakeAsync(log, call));
            Assert.Equal(2, await letters.ProjectAsync(2, Cancel));
        }
        await test.ReopenAsync();
        letters = new(test.Stores);
        await using (var log = await OpenAsync(test.Stores))
        {
            await TakeAsync(log, Items("""[{"type":"track","userId":"later"}]"""));
            Assert.Equal(2, await letters.ProjectAsync(100, Cancel));
            Assert.Equal(0, await letters.ProjectAsync(100, Cancel));
        }
        // All refused items are moved: the next log must still not use their places again.
        await using (var log = await OpenAsync(test.Stores)) await TakeAsync(log, Items("[1]"));
        Assert.Equal(1, await letters.ProjectAsync(100, Cancel));

        Assert.Equal(5, await letters.CountAsync("web", null, Cancel));
        Assert.Equal(0, await letters.CountAsync("shop", null, Cancel));
        var found = Assert.Single(await letters.ListAsync("web", "100%_X", 0, 10, Cancel));
        Assert.Equal("""{"type":"track","userId":"100%_x"}""", found.Body);
        Assert.Equal(found, await letters.FindAsync(found.Id, Cancel));
        Assert.Equal(2, (await letters.ListAsync(null, null, 3, 10, Cancel)).Count);
        Assert.Equal(2, (await letters.CountByReasonAsync(new() { Source = "web" }, 1, Cancel)).Single().Count);
    }

    [Theory, Engines]
    public async Task A_dead_letter_written_twice_is_kept_once(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        var letters = new DeadLetters(test.Stores);
        var one = DeadLetter.Of("web", "message:web:1", "odd", "{}", Noon);
        await letters.WriteAsync([one, one, DeadLetter.Of("web", "message:web:2", "odd", "{}", Noon)], Cancel);
        await letters.WriteAsync([one], Cancel);
        Assert.Equal(2, await letters.CountAsync(null, null, Cancel));
    }

    [Theory, Engines]
    public async Task A_full_queue_turns_callers_away_and_lets_them_in_later(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await using var log = await OpenAsync(test.Stores, new() { MaxWaitingBytes = 4_000, RetryAfter = TimeSpan.FromSeconds(3) });
        var hold = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        // A long transaction holds the ledger's writer, and with it the rejected items; on PostgreSQL a lock on their table does.
        var blocker = test.Stores.Ledger.WriteAsync(async session =>
        {
            if (session.Dialect.Engine is EngineKind.Postgres) await session.ExecuteAsync(Sql.Of($"lock table rejected_item in access exclusive mode"), Cancel);
            held.SetResult();
            await hold.Task;
        }, Cancel);
        await held.Task;
        var waiting = Enumerable.Range(0, 100).Select(n => log.AppendAsync("web", Items($"[{Track("m" + n)},{n}]"), Noon, Cancel).AsTask()).ToList();
        var busy = waiting.Where(t => t.IsCompleted).ToList();
        Assert.NotEmpty(busy);
        foreach (var turned in busy) Assert.Equal(new AppendResult.Busy(TimeSpan.FromSeconds(3)), await turned);
        hold.SetResult();
        await blocker;
        var taken = await Task.WhenAll(waiting.Except(busy));
        Assert.All(taken, r => Assert.IsType<AppendResult.Taken>(r));
        await TakeAsync(log, Batch(["after"]));
        Assert.Equal(taken.Length + 1, log.Last);
    }

    [Theory, Engines]
    public async Task Whoever_waits_for_news_is_told(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        await using var log = await OpenAsync(test.Stores);
        var news = log.WaitForNewAsync(1, Cancel);
        await TakeAsync(log, Batch(["a"]));
        Assert.False(news.IsCompleted);
        await TakeAsync(log, Batch(["b"]));
        await news;
        await log.WaitForNewAsync(0, Cancel);
        await log.DisposeAsync();
        Assert.IsType<AppendResult.Busy>(await log.AppendAsync("web", Batch(["c"]), Noon, Cancel));
    }
}
