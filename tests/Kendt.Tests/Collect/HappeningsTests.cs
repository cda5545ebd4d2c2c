using System.Text.Json;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class HappeningsTests
{
    [Fact]
    public void An_identify_says_who_and_what()
    {
        var h = Happening("""
            {"type":"identify","userId":"u1","anonymousId":"a1","traits":{"email":" Åse@Example.COM ","phone":"20 12 34 56","loyaltyNo":4711,"firstName":"\u00c5se","age":null,"x":1,"x":2},
             "context":{"traits":{"city":"Aarhus","firstName":"old"},"externalIds":[{"id":"dev-1","type":"crm","collection":"users"},{"id":"acc","type":"crm","collection":"accounts"},7],
             "consent":{"categoryPreferences":{"email_marketing":true,"profiling":false,"odd":"yes"}}}}
            """);
        Assert.Equal([new("user_id", "u1"), new("email", "åse@example.com"), new("phone", "+4520123456"), new("loyalty_no", "4711"), new("crm", "dev-1"), new("anonymous_id", "a1")], h.Identifiers);
        Assert.Equal("Åse", h.Traits["firstName"].GetString());
        Assert.Equal(2, h.Traits["x"].GetInt32());
        Assert.Equal("Aarhus", h.Traits["city"].GetString());
        Assert.Contains("\"firstName\":\"Åse\"", h.Properties, StringComparison.Ordinal);
        Assert.Equal([new("email_marketing", ConsentState.Granted, Noon), new("profiling", ConsentState.Denied, Noon)], h.Consents);
    }

    [Fact]
    public void Every_kind_is_filed_by_its_own_fields()
    {
        Assert.Equal(("E", MessageType.Track), (Happening(Track("m")).Name, Happening(Track("m")).Type));
        Assert.Equal("Home", Happening("""{"type":"page","anonymousId":"a","properties":{"name":"Home"}}""").Name);
        var group = Happening("""{"type":"group","userId":"u","groupId":77,"traits":{"email":"info@fjeld.dk"},"context":{"traits":{"email":"a@b.dk"}}}""");
        Assert.Equal("77", group.GroupId);
        Assert.Equal([new("user_id", "u"), new("email", "a@b.dk")], group.Identifiers);
        Assert.Equal(("a@b.dk", "info@fjeld.dk"), (group.Traits["email"].GetString(), group.GroupTraits["email"].GetString()));
        Assert.Null(Happening("""{"type":"track","event":"E","userId":"","anonymousId":"a"}""").UserId);
    }

    [Fact]
    public void An_alias_is_of_both_and_of_itself_nothing()
    {
        Assert.Equal([new("user_id", "u2"), new("user_id", "u1"), new("anonymous_id", "u1")], Happening("""{"type":"alias","userId":"u2","previousId":"u1"}""").Identifiers);
        Assert.Equal([new("user_id", "u2"), new("anonymous_id", "a")], Happening("""{"type":"alias","userId":"u2","previousId":"a","anonymousId":"a"}""").Identifiers);
        Assert.Equal([new("user_id", "u1")], Happening("""{"type":"alias","userId":"u1","previousId":"u1"}""").Identifiers);
    }

    [Theory]
    [InlineData("no json", "not JSON")]
    [InlineData("[]", "no object")]
    [InlineData("""{"type":"teleport"}""", "no object with a type")]
    public void What_cannot_be_read_any_more_is_a_dead_letter(string body, string reason)
    {
        Assert.Null(Happenings.Read(Message(body), out var refused));
        Assert.Contains(reason, refused!.Reason, StringComparison.Ordinal);
        Assert.Equal(("web", "message:web:7", body), (refused.Source, refused.Origin, refused.Body));
    }

    [Fact]
    public void Text_that_no_engine_takes_is_mended_and_numbers_stay()
    {
        var h = Happening("""{"type":"track","event":"E\u0000","userId":"u\udc00","properties":{"a":"\ud800x\u0000","\udfff":"\ud83d\ude00","n":1.10,"big":1e999,"a":"\\u0000"}}""");
        Assert.Equal("E\uFFFD", h.Name);
        Assert.Equal("""{"a":"\\u0000","�":"\uD83D\uDE00","n":1.10,"big":"1e999"}""", h.Properties);
    }

    [Theory]
    [InlineData("2026-01-02T11:00:00Z", null, "2026-01-02T11:00:00Z")]
    [InlineData("2026-01-02T11:00:00.123456789+02:00", null, "2026-01-02T09:00:00.1234567Z")]
    [InlineData("2026-01-02 11:00:00+0130", null, "2026-01-02T09:30:00Z")]
    [InlineData("2026-01-02", null, "2026-01-02T00:00:00Z")]
    [InlineData("1767351600000", null, "2026-01-02T11:00:00Z")]
    [InlineData("2016-12-31T23:59:60Z", null, "2017-01-01T00:00:00Z")]
    [InlineData("2099-01-01T00:00:00Z", null, "2026-01-02T12:00:00Z")]
    [InlineData("2099-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "2026-01-02T12:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-01-02T12:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-02T12:00:00Z")]
    [InlineData("2026-05-01T10:00:00Z", "2026-05-01T10:10:00Z", "2026-01-02T11:50:00Z")]
    [InlineData("yesterday", "2026-05-01T10:10:00Z", "2026-01-02T12:00:00Z")]
    [InlineData("+275760-09-13T00:00:00Z", null, "2026-01-02T12:00:00Z")]
    [InlineData("2026-02-30T00:00:00Z", null, "2026-01-02T12:00:00Z")]
    public void Times_are_read_corrected_and_never_of_the_future(string timestamp, string? sentAt, string expected)
    {
        var body = Track("m", $",\"timestamp\":\"{timestamp}\"");
        DateTimeOffset? sent = sentAt is null ? null : DateTimeOffset.Parse(sentAt, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), Happening(body, sent).At);
    }

    [Fact]
    public void The_distance_between_the_senders_two_readings_is_kept_whatever_its_clock_says()
    {
        var hours = Gen.Int[-200_000, 200_000];
        Gen.Select(hours, Gen.Int[0, 1_000_000]).Sample((wrong, secondsAgo) =>
        {
            var sent = Noon.AddHours(wrong);
            var said = sent.AddSeconds(-secondsAgo);
            var h = Happening(Track("m", $",\"originalTimestamp\":\"{said:O}\""), sent);
            Assert.Equal(Noon.AddSeconds(-secondsAgo), h.At);
        });
    }

    [Fact]
    public void A_time_written_by_any_client_is_read_as_it_was_meant() =>
        Gen.Select(Gen.Long[new DateTime(1900, 1, 1).Ticks, new DateTime(2100, 1, 1).Ticks].Select(t => new DateTimeOffset(t, TimeSpan.Zero)), Gen.Int[-14 * 4, 14 * 4]).Sample((time, quarters) =>
        {
            var said = time.ToOffset(TimeSpan.FromMinutes(quarters * 15)).ToString("O");
            Assert.Equal(time < Noon ? time : Noon, Happening(Track("m", $",\"timestamp\":{JsonSerializer.Serialize(said)}")).At);
        });
}
