using System.Text;
using System.Text.Json;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

/// <summary>Whatever bytes come: an answer, never a crash; and of a call that is JSON each item is taken or refused with a reason, none both, none neither.</summary>
public sealed class TrackingFuzzTests
{
    // What people and broken programs write into a message; each is one value.
    private static readonly string[] Values =
    [
        "null", "true", "0", "-0.0", "1e999", "18446744073709551616", "\"\"", "\" \"", "\"u\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83e\\udd7e\"", "[]", "{}", "[[[[]]]]", "{\"a\":1,\"a\":2}",
        $"\"{new string('x', 200)}\"", $"\"{new string('x', 201)}\"", $"\"{new string('y', 10_240)}\"", $"\"{new string('z', 33 * 1024)}\"", new string('9', 400), $"{new string('[', 70)}{new string(']', 70)}", $"{new string('[', 3_000)}{new string(']', 3_000)}",
        "\"2026-01-02T11:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00Z\"", "\"-271821-04-20T00:00:00Z\"", "\"+275760-09-13T00:00:00Z\"", "1e18", "-62135596800001", "\"tomorrow\"",
        "\"track\"", "\"identify\"", "\"page\"", "\"group\"", "\"alias\"", "\"TRACK\"", "\"7\"",
    ];

    private static readonly string[] Names = ["type", "event", "userId", "anonymousId", "groupId", "previousId", "messageId", "sentAt", "timestamp", "originalTimestamp", "writeKey", "context", "integrations", "properties", "traits", "name", "batch", "t\\u0079pe", "", "\\ud800"];

    private static Gen<string> Of(string[] choices) => Gen.Int[0, choices.Length - 1].Select(n => choices[n]);

    private static readonly Gen<string> Member = Gen.Select(Of(Names), Of(Values), (name, value) => $"\"{name}\":{value}");

    private static readonly Gen<string> Object = Member.List[0, 8].Select(members => "{" + string.Join(",", members) + "}");

    private static readonly Gen<string> Good = Gen.Int[0, 9].Select(n => Track("m" + n));

    private static readonly Gen<string> ItemText = Gen.Frequency((4, Object), (2, Good), (1, Of(Values)));

    private static readonly Gen<List<string>> ItemTexts = ItemText.List[0, 12];

    [Fact]
    public void Each_item_of_a_call_is_taken_or_refused_with_a_reason() => Gen.Select(ItemTexts, Member.List[0, 3], Gen.Bool).Sample((items, root, bare) =>
    {
        root.RemoveAll(member => member.StartsWith("\"batch\"", StringComparison.Ordinal));
        var body = bare ? $"[{string.Join(",", items)}]" : "{" + string.Join(",", [.. root, $"\"batch\":[{string.Join(",", items)}]"]) + "}";
        var call = Items(body);
        Assert.Equal(Enumerable.Range(0, items.Count), call.Taken.Select(i => i.Index).Concat(call.Refused.Select(r => r.Index)).Order());
        Holds(call);
    }, iter: 3_000);

    [Fact]
    public void On_a_path_of_one_type_there_is_one_message() => Gen.Select(ItemText, Gen.Enum<MessageType>()).Sample((item, type) =>
    {
        var call = Items(item, type);
        Assert.Equal(1, call.Taken.Count + call.Refused.Count);
        Holds(call);
    }, iter: 2_000);

    [Fact]
    public void Bytes_that_were_cut_turned_or_put_in_are_answered() => Gen.Select(ItemTexts, Gen.Int[0, 3], Gen.Int[0, 1 << 20], Gen.Byte.Array[1, 6]).Sample((items, kind, at, put) =>
    {
        var body = Encoding.UTF8.GetBytes("{\"batch\":[" + string.Join(",", items) + "]}");
        at %= body.Length;
        byte[] broken = kind switch
        {
            0 => body[..at],
            1 => [.. body[..at], .. put, .. body[at..]],
            2 => [.. body[..at], .. put, .. body[Math.Min(body.Length, at + put.Length)..]],
            _ => [.. body[at..], .. body[..at]],
        };
        foreach (var type in new MessageType?[] { null, MessageType.Track })
        {
            switch (TrackingCall.Read(broken, type, Clock()))
            {
                case TrackingCall.Unreadable unreadable:
                    Assert.Equal(400, unreadable.Status);
                    break;
                case TrackingCall.Items call:
                    Holds(call);
                    break;
            }
        }
    }, iter: 3_000);

    [Fact]
    public void Depth_costs_nothing_but_the_item()
    {
        foreach (var depth in new[] { 63, 64, 65, 10_000, 900_000 })
        {
            var deep = new string('[', depth) + new string(']', depth);
            var call = Items($"{{\"batch\":[{Track("a", $",\"properties\":{{\"x\":{deep}}}")},{Track("b")}]}}");
            Assert.Equal(depth <= 62 ? ["a", "b"] : ["b"], call.Taken.Select(i => i.MessageId));
            Holds(call);
        }
        Assert.IsType<TrackingCall.Unreadable>(Read(new string('[', 1_000_000)));
    }

    [Fact]
    public void Nothing_of_a_call_with_too_many_items_vanishes()
    {
        var call = Items("{\"batch\":[" + string.Join(",", Enumerable.Range(0, 2_501).Select(n => Track("m" + n))) + "]}");
        Assert.Equal(TrackingCall.MaxItems, call.Taken.Count);
        Assert.Contains("2,500 items", Assert.Single(call.Refused).Reason, StringComparison.Ordinal);
        var huge = Items("[" + string.Join(",", Enumerable.Repeat("1", 100_000)) + "]");
        Assert.Equal(100_000, huge.Refused.Count(r => !r.Reason.Contains("more items of a call", StringComparison.Ordinal)) + 100_000 - TrackingCall.MaxItems - TrackingCall.MaxSurplus);
    }

    [Fact]
    public void A_key_that_is_given_twice_does_not_stay_in_what_is_kept()
    {
        var call = Items("""{"type":"track","event":"E","userId":"u","writeKey":"first","writeKey":"second"}""");
        Assert.Empty(call.Taken);
        Assert.Equal("writeKey is given twice.", Assert.Single(call.Refused).Reason);
    }

    /// <summary>What is true of every call: what is taken can be read or says why not, with a time that a clock may have; what is refused says why, in words of ours.</summary>
    private static void Holds(TrackingCall.Items call)
    {
        foreach (var item in call.Taken)
        {
            Assert.InRange(item.MessageId.Length, 1, TrackingCall.MaxId);
            Assert.DoesNotContain('\0', item.MessageId);
            using var json = JsonDocument.Parse(item.Body, new JsonDocumentOptions { MaxDepth = 128 });
            Assert.DoesNotContain("\"writeKey\":\"u\"", Text(item), StringComparison.Ordinal);
            var read = Happenings.Read(new(1, "web", item.MessageId, Noon, item.SentAt, item.Body.ToArray()), out var refused);
            Assert.True(read is not null ^ refused is not null);
            if (read is null) continue;
            Assert.True(read.At <= Noon && read.At.Offset == TimeSpan.Zero, $"{read.At}");
            Assert.DoesNotContain('\0', read.Properties + read.Context + read.Name + read.UserId + read.AnonymousId);
            Assert.All(read.Identifiers, id => Assert.InRange(id.Value.Length, 1, Identifier.MaxLength));
        }
        Assert.All(call.Refused, refused =>
        {
            Assert.InRange(refused.Reason.Length, 6, 200);
            Assert.DoesNotContain("xxx", refused.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain('\0', DeadLetters.TextOf(refused.Raw.Span));
        });
    }
}
