using System.Text.Json;
using Kendt.Collect;
using Kendt.Model;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class ReplayTests
{
    private const string Members = """
        source: loyalty
        rows: records
        key: no
        columns:
          no: { identifier: loyalty_no }
          joined: { trait: joined, type: date }
        """;

    private const string Orders = """
        source: shop
        rows: events
        event: Order Completed
        key: order
        time: at
        columns:
          order: { property: order_id }
          card: { identifier: loyalty_no }
          sku: { line: product_id }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<List<DeadLetter>> RefusedAsync(Desk desk, string call, MessageType? type = null)
    {
        await desk.Log.AppendAsync("web", Items(call, type), Noon, Cancel);
        await desk.Letters.ProjectAsync(100, Cancel);
        return await desk.Letters.ListAsync("web", null, 0, 100, Cancel);
    }

    private static Task<ReplayResult> ReplayAsync(Desk desk, DeadLetterFilter filter)
    {
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        return desk.Replay.RunAsync(filter, null, Cancel);
    }

    [Theory, Engines]
    public async Task A_mended_message_is_taken_once_at_the_time_it_came_even_if_a_replay_was_killed_between_log_and_letter(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var letter = Assert.Single(await RefusedAsync(desk, """{"userId":"u","writeKey":"secret"}""", MessageType.Track));
        Assert.Equal("""{"userId":"u","writeKey":"","type":"track"}""", letter.Body);

        var still = await ReplayAsync(desk, DeadLetterFilter.All);
        Assert.Equal((0, 1), (still.Taken, still.Failed));
        var tried = (await desk.Letters.FindAsync(letter.Id, Cancel))!;
        Assert.Equal((1L, "event is missing: a track names what happened."), (tried.Tries, tried.Reason));

        const string Mended = """{"type":"track","event":"Signed Up","userId":"u"}""";
        Assert.Equal([Mended], (await desk.Replay.TryAsync(letter, Mended, null, Cancel)).Messages);
        Assert.True(await desk.Letters.MendAsync(letter.Id, Mended, Cancel));
        // As a replay that was killed when the message was durable and the letter still there.
        await desk.Log.AppendAsync("web", new TrackingCall.Items([new(System.Text.Encoding.UTF8.GetBytes(Mended), letter.Id.ToString("D"), 0, null)], [], null), Noon, Cancel);
        Assert.Equal(1, (await ReplayAsync(desk, new() { Ids = [letter.Id] })).Taken);
        Assert.Equal(0, await desk.Letters.CountAsync(DeadLetterFilter.All, Cancel));
        var message = Assert.Single(await desk.Log.ReadAsync(0, 10, Cancel));
        Assert.Equal((letter.Id.ToString("D"), Noon), (message.MessageId, message.ReceivedAt));
    }

    [Theory, Engines]
    public async Task A_refused_item_of_a_batch_keeps_what_the_call_said_and_its_own_id(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        var letter = Assert.Single(await RefusedAsync(desk, """{"context":{"ip":"1.2.3.4"},"batch":[{"type":"track","userId":"u","messageId":"m1"}]}"""));
        await desk.Letters.MendAsync(letter.Id, letter.Body.Replace("\"track\"", "\"identify\"", StringComparison.Ordinal), Cancel);
        Assert.Equal(1, (await ReplayAsync(desk, new() { Source = "web" })).Taken);
        var message = Assert.Single(await desk.Log.ReadAsync(0, 10, Cancel));
        Assert.Equal("m1", message.MessageId);
        Assert.Contains("1.2.3.4", System.Text.Encoding.UTF8.GetString(message.Body), StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Rows_are_mended_by_a_mapping_or_by_their_body(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("members.csv", "no,joined\nA1,31.12.2025\n,2026-01-01\nA3\n", Members);
        var records = new Records(desk.Stores, desk.Letters);
        await records.ReadAsync(0, 10, Cancel);
        var left = Assert.Single(await desk.Letters.ListAsync("loyalty", "Left out", 0, 10, Cancel));

        // The mapping learns how dates are written; the row becomes a new version of its record.
        Assert.Equal(3, await desk.Replay.MapAsync(new() { Source = "loyalty" }, Members + "\nformat: { dates: [dd.MM.yyyy] }\n", Cancel));
        Assert.Equal(1, (await ReplayAsync(desk, new() { Ids = [left.Id] })).Taken);
        Assert.Equal("2025-12-31", (await records.ReadAsync(1, 10, Cancel)).Single().Traits["joined"].ToString());

        var rest = await ReplayAsync(desk, DeadLetterFilter.All);
        Assert.Equal((0, 2), (rest.Taken, rest.Failed));
        foreach (var letter in await desk.Letters.ListAsync("loyalty", null, 0, 10, Cancel))
        {
            if (!letter.Body.StartsWith('{')) Assert.Contains("'joined'", letter.Reason, StringComparison.Ordinal);
            await desk.Letters.MendAsync(letter.Id, letter.Body.StartsWith('{') ? "{\n  \"no\": \"A2\",\n  \"joined\": \"\" }" : """{"no":"A3"}""", Cancel);
        }
        Assert.Equal(2, (await ReplayAsync(desk, DeadLetterFilter.All)).Taken);
        Assert.Equal(["A1", "A1", "A2", "A3"], (await desk.RecordsAsync()).Select(r => r.Key).Order());
    }

    [Theory, Engines]
    public async Task What_a_later_import_said_is_not_overruled(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("one.csv", "no,joined\n,2026-01-01\n", Members);
        desk.Time.Advance(TimeSpan.FromHours(1));
        await desk.ImportAsync("two.csv", "no,joined\nA1,2026-02-02\n", Members);
        var letter = Assert.Single(await desk.Letters.ListAsync(null, null, 0, 10, Cancel));
        await desk.Letters.MendAsync(letter.Id, """{"no":"A1","joined":"2026-01-01"}""", Cancel);
        Assert.Contains("newer version", Assert.Single((await ReplayAsync(desk, DeadLetterFilter.All)).Failures).Reason, StringComparison.Ordinal);
        Assert.Single(await desk.RecordsAsync());
    }

    [Theory, Engines]
    public async Task Lines_of_one_event_come_together_and_an_event_that_stands_is_not_changed(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await desk.ImportAsync("orders.csv", "order,at,card,sku\n1,31.12.2025,A1,x\n1,31.12.2025,A1,y\n2,2026-01-01,A2,z\n1,2026-01-01,A1,w\n", Orders);
        Assert.Equal(2, (await desk.HappeningsAsync()).Count);
        await desk.Replay.MapAsync(new() { Source = "shop" }, Orders + "\nformat: { dates: [dd.MM.yyyy] }\n", Cancel);
        Assert.Contains("taken before", (await ReplayAsync(desk, DeadLetterFilter.All)).Failures[0].Reason, StringComparison.Ordinal);

        await desk.ImportAsync("more.csv", "order,at,card,sku\n7,31.12.2025,A1,x\n7,31.12.2025,A1,y\n", Orders);
        await desk.Replay.MapAsync(new() { Source = "shop" }, Orders + "\nformat: { dates: [dd.MM.yyyy] }\n", Cancel);
        Assert.Equal((2, 2), await ReplayAsync(desk, DeadLetterFilter.All) is var done ? (done.Taken, done.Failed) : default);
        using var properties = JsonDocument.Parse((await desk.HappeningsAsync())[^1].Properties);
        Assert.Equal(["x", "y"], properties.RootElement.GetProperty("products").EnumerateArray().Select(p => p.GetProperty("product_id").GetString()));
    }

    [Theory, Engines]
    public async Task Letters_are_found_by_reason_text_and_time_and_discarded(On on)
    {
        await using var desk = await Desk.OpenAsync(on);
        await RefusedAsync(desk, """{"batch":[{"type":"track","userId":"u"},{"type":"track","userId":"v"},{"type":"nonsense","userId":"u"}]}""");
        const string Reason = "event is missing: a track names what happened.";
        Assert.Equal(2, await desk.Letters.CountAsync(new() { Reason = Reason }, Cancel));
        Assert.Equal(1, await desk.Letters.CountAsync(new() { Reason = Reason, Text = "\"V\"" }, Cancel));
        Assert.Equal((3, 0), (await desk.Letters.CountAsync(new() { From = Noon }, Cancel), await desk.Letters.CountAsync(new() { Before = Noon }, Cancel)));
        Assert.Equal(2, await desk.Letters.DiscardAsync(new() { Reason = Reason }, Cancel));
        Assert.Equal(1, await desk.Letters.CountAsync(DeadLetterFilter.All, Cancel));
    }
}
