using Kendt.Model;

namespace Kendt.Tests.ModelWords;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("email", "  Anna.Å@Example.DK ", "DK", "anna.å@example.dk")]
    [InlineData("phone", "20 30 40 50", "DK", "+4520304050")]
    [InlineData("phone", "0045 2030 4050", "DK", "+4520304050")]
    [InlineData("phone", "07538 430809", "GB", "+447538430809")]
    [InlineData("loyalty_no", " 4711 ", "DK", "4711")]
    public void A_value_gets_its_canonical_form(string type, string raw, string region, string value)
    {
        Assert.True(Identifier.TryCreate(type, raw, out var identifier, out var reason, region), reason);
        Assert.Equal(value, identifier.Value);
    }

    [Theory]
    [InlineData("email", "anna(at)example.dk")]
    [InlineData("email", "a@b@c.dk")]
    [InlineData("phone", "07538430809")]
    [InlineData("phone", "call me")]
    [InlineData("user_id", "  ")]
    public void What_cannot_identify_anybody_is_refused_without_showing_it(string type, string raw)
    {
        Assert.False(Identifier.TryCreate(type, raw, out _, out var reason));
        Assert.NotNull(reason);
        if (raw.Trim().Length > 0) Assert.DoesNotContain(raw[..4], reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Danmark", "DK")]
    [InlineData("England", "GB")]
    [InlineData("Østrig", "AT")]
    [InlineData("se", "SE")]
    [InlineData("Atlantis", null)]
    public void A_country_is_known_by_code_or_name(string written, string? code) => Assert.Equal(code, Region.Of(written));

    [Fact]
    public void An_id_is_the_same_whenever_it_is_made_and_older_ones_come_first()
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Identifier anna = new("email", "anna@example.dk"), bo = new("email", "bo@example.dk");
        Assert.Equal(ProfileId.For(anna, at), ProfileId.For(anna, at));
        Assert.NotEqual(ProfileId.For(anna, at), ProfileId.For(bo, at));
        Assert.True(ProfileId.For(bo, at) < ProfileId.For(anna, at.AddMilliseconds(1)));
        Assert.True(ProfileId.TryParse(ProfileId.For(anna, at).ToString(), out var back) && back == ProfileId.For(anna, at));
        Assert.Equal(7, ProfileId.For(anna, at).Value.Version);
    }

    [Theory]
    [InlineData("record:loyalty:47:11", "record:loyalty", "47:11")]
    [InlineData("user_id:a:b", "user_id", "a:b")]
    public void Type_and_value_are_read_from_text(string text, string type, string value)
    {
        Assert.True(Identifier.TryParse(text, out var identifier));
        Assert.Equal((type, value), (identifier.Type, identifier.Value));
    }
}
