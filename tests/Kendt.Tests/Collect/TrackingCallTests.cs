using System.Text;
using System.Text.Json;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class TrackingCallTests
{
    [Fact]
    public void A_batch_is_read_in_order_and_each_item_is_as_sent()
    {
        var call = Items($$"""{"batch":[{{Track("a", ""","properties":{"x":"\ud800","x":"\u0000"}""")}}, {{Track("b")}}],"sentAt":"2026-01-02T11:00:00Z","writeKey":"k"}""");
        Assert.Equal(["a", "b"], call.Taken.Select(i => i.MessageId));
        Assert.Equal(Track("a", ""","properties":{"x":"\ud800","x":"\u0000"}"""), Text(call.Taken[0]));
        Assert.All(call.Taken, i => Assert.Equal(Noon.AddHours(-1), i.SentAt));
        Assert.Equal("k", call.WriteKey);
        Assert.Empty(call.Refused);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \r\n")]
    [InlineData("{")]
    [InlineData("hello")]
    [InlineData("{\"batch\":[]}{}")]
    [InlineData("{'batch':[]}")]
    [InlineData("/* hello */{\"batch\":[]}")]
    [InlineData("{\"batch\":[{\"type\":\"track\",\"event\":\"\\u00")]
    [InlineData("{\"batch\":[{\"a\":NaN}]}")]
    public void What_is_not_json_is_unreadable(string body)
    {
        foreach (var type in new MessageType?[] { null, MessageType.Track })
        {
            var unreadable = Assert.IsType<TrackingCall.Unreadable>(Read(body, type));
            Assert.Equal(400, unreadable.Status);
            Assert.DoesNotContain("hello", unreadable.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_body_that_is_too_large_is_unreadable() =>
        Assert.Equal(413, Assert.IsType<TrackingCall.Unreadable>(Read(new string(' ', TrackingCall.MaxBody + 1))).Status);

    [Theory]
    [InlineData("""{"type":"track","userId":"u"}""", "event is missing")]
    [InlineData("""{"type":"track","event":" ","userId":"u"}""", "event is missing")]
    [InlineData("""{"type":"track","event":["E"],"userId":"u"}""", "event is missing")]
    [InlineData("""{"type":"track","event":"E"}""", "neither userId nor anonymousId")]
    [InlineData("""{"type":"track","event":"E","userId":"","anonymousId":null}""", "neither userId nor anonymousId")]
    [InlineData("""{"type":"track","event":"E","userId":"   "}""", "neither userId nor anonymousId")]
    [InlineData("""{"type":"track","event":"E","userId":true}""", "userId is neither text nor a number")]
    [InlineData("""{"type":"track","event":"E","userId":"u","userId":{}}""", "userId is neither text nor a number")]
    [InlineData("""{"type":"teleport","userId":"u"}""", "type is none of")]
    [InlineData("""{"type":7,"userId":"u"}""", "type is none of")]
    [InlineData("""{"userId":"u"}""", "type is missing")]
    [InlineData("""{"type":"group","userId":"u"}""", "groupId is missing")]
    [InlineData("""{"type":"alias","userId":"u"}""", "previousId is missing")]
    [InlineData("""{"type":"alias","previousId":"u"}""", "userId is missing")]
    [InlineData("""{"type":"page","userId":"u","messageId":["m"]}""", "messageId is neither text nor a number")]
    [InlineData("\"text\"", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    [InlineData("[[]]", "not a JSON object")]
    [InlineData("""{"batch":[{}]}""", "type is missing")]
    public void An_item_that_cannot_be_taken_is_refused_with_its_reason_and_spoils_nothing(string item, string reason)
    {
        var call = Items($$"""{"batch":[{{Track("a")}},{{item}},{{Track("b")}}]}""");
        Assert.Equal(["a", "b"], call.Taken.Select(i => i.MessageId));
        var refused = Assert.Single(call.Refused);
        Assert.Equal(1, refused.Index);
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
        Assert.Equal(item, Encoding.UTF8.GetString(refused.Raw.Span));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("42")]
    [InlineData("{}")]
    [InlineData("""{"batch":null}""")]
    [InlineData("""{"batch":{"0":1}}""")]
    [InlineData("""{"batch":"[]"}""")]
    public void Json_of_another_shape_is_kept_as_one_reject(string body)
    {
        var call = Items(body);
        Assert.Empty(call.Taken);
        Assert.Equal(body, Encoding.UTF8.GetString(Assert.Single(call.Refused).Raw.Span));
    }

    [Fact]
    public void A_single_message_and_an_array_are_batches_too()
    {
        Assert.Equal("a", Assert.Single(Items(Track("a")).Taken).MessageId);
        Assert.Equal(2, Items($"[{Track("a")},{Track("b")}]").Taken.Count);
        Assert.Empty(Items("""{"batch":[]}""").Refused);
    }

    [Theory]
    [InlineData("""{"event":"E","userId":"u","writeKey":"secret"}""")]
    [InlineData("""{"type":"identify","event":"E","writeKey":"secret","userId":"u"}""")]
    public void The_path_says_the_type_and_the_write_key_is_not_kept(string body)
    {
        var call = Items(body, MessageType.Track);
        var item = Assert.Single(call.Taken);
        Assert.Equal("secret", call.WriteKey);
        Assert.DoesNotContain("secret", Text(item), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(item.Body);
        Assert.Equal("track", json.RootElement.GetProperty("type").GetString());
        Assert.Equal("E", json.RootElement.GetProperty("event").GetString());
    }

    [Fact]
    public void The_calls_context_is_in_each_item_and_the_items_own_wins()
    {
        var call = Items($$$"""
            {"context":{"locale":"da-DK","ip":"1"},"integrations":{"All":true},"batch":[
              {{{Track("bare")}}}, {{{Track("own", ""","context": { "ip":"9" },"integrations":{"X":false}""")}}}, {{{Track("empty", ""","context":{}""")}}}, {{{Track("odd", ""","context":[1]""")}}}]}
            """);
        var items = call.Taken.ToDictionary(i => i.MessageId, i => JsonWordsOf(i));
        Assert.Equal("""{"locale":"da-DK","ip":"1"}""", items["bare"].Context);
        Assert.Equal("""{"locale":"da-DK","ip":"9"}""", items["own"].Context);
        Assert.Equal("""{"locale":"da-DK","ip":"1"}""", items["empty"].Context);
        Assert.Equal("""{"All":true}""", items["bare"].Integrations);
        Assert.Equal("""{"X":false}""", items["own"].Integrations);
        Assert.Equal(4, items.Count);

        static (string Context, string Integrations) JsonWordsOf(Item item)
        {
            using var json = JsonDocument.Parse(item.Body);
            return (Calls.Happening(Text(item)).Context, json.RootElement.GetProperty("integrations").GetRawText());
        }
    }

    [Fact]
    public void Sizes_and_depths_have_limits_and_what_is_beyond_is_kept()
    {
        var large = Track("large", $",\"x\":\"{new string('x', 33 * 1024)}\"");
        var deep = Track("deep", $",\"x\":{new string('[', 100)}{new string(']', 100)}");
        var fits = Track("fits", $",\"x\":{new string('[', 63)}{new string(']', 63)}");
        var id = Track(new string('i', 201));
        var call = Items($"[{large},{deep},{fits},{id},{Track(new string('i', 200))}]");
        Assert.Equal(2, call.Taken.Count);
        Assert.Equal([0, 1, 3], call.Refused.Select(r => r.Index));
        Assert.NotNull(Happenings.Read(Message(Text(call.Taken[0])), out _));
    }

    [Fact]
    public void More_items_than_a_call_may_have_are_refused_one_by_one()
    {
        var call = Batch(Enumerable.Range(0, 2501).Select(n => "m" + n));
        Assert.Equal(2500, call.Taken.Count);
        Assert.Contains("m2500", Encoding.UTF8.GetString(Assert.Single(call.Refused).Raw.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flood_of_items_is_kept_whole_in_bounded_pieces()
    {
        var call = Items("[" + string.Join(",", Enumerable.Repeat("{}", 500_000)) + "]");
        Assert.Equal(2500 + TrackingCall.MaxSurplus + 1, call.Refused.Count);
        Assert.Equal(500_000, call.Refused.Sum(r => Encoding.UTF8.GetString(r.Raw.Span).Count(c => c == '{')));
    }

    [Fact]
    public void A_large_context_is_not_repeated_without_end()
    {
        var context = $"{{\"x\":\"{new string('x', 30_000)}\"}}";
        var call = Items($"{{\"context\":{context},\"batch\":[{string.Join(",", Enumerable.Range(0, 2500).Select(n => Track("m" + n)))}]}}");
        Assert.Equal(2500, call.Taken.Count + call.Refused.Count);
        Assert.InRange(call.Taken.Sum(i => (long)i.Body.Length), 1, 20_000_000);
    }

    [Fact]
    public void Ids_are_given_read_and_trimmed()
    {
        var call = Items("""[{"type":"page","userId":12},{"type":"page","anonymousId":"\ud83d","messageId":12345678901234567890},{"type":"PAGE","userId":"u","messageId":" a\u0000 "}]""");
        Assert.Equal(3, call.Taken.Count);
        Assert.True(call.Taken[0].IdIsGiven && Guid.TryParse(call.Taken[0].MessageId, out _));
        Assert.Equal("12345678901234567890", call.Taken[1].MessageId);
        Assert.Equal("a\uFFFD", call.Taken[2].MessageId);
    }

    [Fact]
    public void Bytes_that_are_no_text_cost_one_item()
    {
        byte[] body = [.. "["u8, .. Encoding.UTF8.GetBytes(Track("a", ",\"x\":\"?\"")), .. ","u8, .. Encoding.UTF8.GetBytes(Track("b")), .. "]"u8];
        body[Array.IndexOf(body, (byte)'?')] = 0xFF;
        var call = Assert.IsType<TrackingCall.Items>(TrackingCall.Read(body, null, Clock()));
        Assert.Equal("b", Assert.Single(call.Taken).MessageId);
        Assert.Contains("UTF-8", Assert.Single(call.Refused).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() => Assert.Single(Items("\uFEFF" + Track("a")).Taken);

    [Fact]
    public void Any_bytes_give_an_answer() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Bool).Sample((bytes, single) =>
            _ = TrackingCall.Read(bytes, single ? MessageType.Track : null, Clock()), seed: "0N0XIzNsQ0O2");

    [Fact]
    public void A_spoilt_call_gives_an_answer_and_what_is_taken_can_be_read()
    {
        var first = Track("a", ",\"context\":{\"b\":[1,{\"c\":null}]},\"writeKey\":\"k\",\"timestamp\":\"2026-01-02T11:00:00.1+01:00\"");
        var second = Track("b", ",\"properties\":{\"\\u0000\":1e999}");
        var whole = Encoding.UTF8.GetBytes("{\"context\":{\"a\":\"\\ud800\",\"traits\":{\"email\":\"a@b.dk\"}},\"batch\":[" + first + "," + second + "],\"sentAt\":\"2026-01-02T11:00:00Z\"}");
        Gen.Select(Gen.Int[0, whole.Length], Gen.Int[0, whole.Length - 1].Array[0, 4], Gen.Byte.Array[4]).Sample((length, places, values) =>
        {
            var body = (byte[])whole.Clone();
            for (var i = 0; i < places.Length; i++) body[places[i]] = values[i];
            foreach (var part in new[] { body, body[..length] })
            {
                if (TrackingCall.Read(part, null, Clock()) is not TrackingCall.Items call) continue;
                foreach (var item in call.Taken)
                    Assert.NotNull(Happenings.Read(new(1, "web", item.MessageId, Noon, item.SentAt, item.Body.ToArray()), out _));
            }
        }, seed: "0N0XIzNsQ0O2", iter: 20_000);
    }
}
