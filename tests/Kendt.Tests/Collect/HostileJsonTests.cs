using Kendt.Collect;
using Kendt.Store;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

/// <summary>One hostile message must not make everybody's queries fail: what is read is JSON that each engine takes.</summary>
public sealed class HostileJsonTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task Whatever_is_taken_can_be_kept_and_asked_for(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        string[] hostile =
        [
            """{"a":"x\u0000y","b\u0000":1}""", """{"a":"\ud800","\udc00":"\udfff\ud800"}""", """{"a":1,"a":2}""", """{"":1,"a.b":2,"a":{"b":3}}""",
            $"{{\"a\":{new string('9', 9_000)}}}", """{"a":1e999,"b":-1e999,"c":1e-999,"d":18446744073709551616,"revenue":1e400}""",
            "{\"a\":" + new string('[', 60) + new string(']', 60) + "}", """{"a":"\u202e\ufeff<script>'; drop table event; --","b":"\\\"\b\f"}""", "\"text\"", "[1]", "null",
            "{\"a\":\"" + "\ud83e\udd7e" + "\",\"k" + new string('k', 10_240) + "\":true}", """{"a":-0.0,"b":1E+2,"c":0.10}""",
        ];
        await using (var log = await OpenAsync(test.Stores))
        {
            var call = Items("[" + string.Join(",", hostile.Select((h, n) => Track("m" + n, $",\"properties\":{h},\"anonymousId\":\"a\\u0000\",\"context\":{{\"x\":{h}}}"))) + "]");
            Assert.Empty(call.Refused);
            Assert.IsType<AppendResult.Taken>(await log.AppendAsync("web", call, Noon, Cancel));
            var read = (await log.ReadAsync(0, 100, Cancel)).ConvertAll(m => Happenings.Read(m, out _)!);
            var rows = read.Select(h => new object?[] { h.Seq, h.MessageId, h.Source, h.Type, h.Name, h.UserId, h.AnonymousId, null, h.At, h.ReceivedAt, h.Properties, h.Context, null });
            await test.Stores.Warehouse.WriteAsync(s => s.LoadAsync("event_log", ["seq", "message_id", "source", "type", "name", "user_id", "anonymous_id", "written_profile_id", "ts", "received_at", "properties", "context", "named_by"], rows, Cancel), Cancel);
        }
        var asked = await test.Stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select {Dialect.JsonText(Sql.Name("properties"), "a")}, {Dialect.JsonKind(Dialect.JsonValue(Sql.Name("context"), "x"))} from event_log order by seq"), r => r.TextOrNull(0), Cancel), Cancel);
        Assert.Equal(hostile.Length, asked.Count);
        Assert.Equal("x\uFFFDy", asked[0]);
        Assert.Equal("2", asked[2]);
        Assert.Equal("\ud83e\udd7e", asked[11]);
    }
}
