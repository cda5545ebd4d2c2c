using Kendt.Studio.Data;
using Kendt.Studio.Texts;
using Microsoft.Extensions.DependencyInjection;

namespace Kendt.Studio.Tests;

public sealed class ShowTests : StudioContext
{
    private Show Show => Services.GetRequiredService<Show>();

    [Theory]
    [InlineData("en-GB", 1234.5, "DKK", "DKK\u00A01,235")]
    [InlineData("da-DK", 1234.5, "DKK", "1.235\u00A0kr.")]
    [InlineData("en-GB", 99.5, "EUR", "€99.50")]
    [InlineData("da-DK", -99.5, "EUR", "\u221299,50\u00A0€")]
    [InlineData("en-GB", 100, "SEK", "SEK\u00A0100")]
    public void Money_is_written_as_the_language_does(string language, double value, string currency, string expected)
    {
        Speak(language);
        Assert.Equal(expected, Show.Amount(new((decimal)value, currency)));
    }

    [Theory]
    [InlineData(0.046, "4.6%")]
    [InlineData(0.4649, "46%")]
    [InlineData(0, "0%")]
    [InlineData(0.0999, "10%")]
    public void Shares_have_a_decimal_only_where_it_matters(double share, string expected) => Assert.Equal(expected, Show.Percent(share));

    [Fact]
    public void Moments_are_said_as_people_say_them()
    {
        Assert.Equal("just now", Show.Ago(Moment.AddSeconds(-20)));
        Assert.Equal("12 min ago", Show.Ago(Moment.AddMinutes(-12)));
        Assert.Equal("an hour ago", Show.Ago(Moment.AddMinutes(-61)));
        Assert.Equal("3 days ago", Show.Ago(Moment.AddDays(-3)));
        Assert.Equal("in 3 days", Show.Ago(Moment.AddDays(3)));
        Assert.Equal("1 Sept 2026", Show.Ago(new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero)));
        Speak("da-DK");
        Assert.Equal("for en time siden", Show.Ago(Moment.AddMinutes(-61)));
    }

    [Fact]
    public void Times_are_those_of_the_workspace()
    {
        Assert.Equal("23 Nov 2026, 00:30", Show.DayAndClock(new(2026, 11, 22, 23, 30, 0, TimeSpan.Zero)));
        Assert.Equal("Today", Show.DayHeading(new(2026, 11, 22, 23, 30, 0, TimeSpan.Zero)));
        Assert.Equal("2026-11-22T23:30:00Z", Show.Machine(new(2026, 11, 23, 0, 30, 0, TimeSpan.FromHours(1))));
        Speak("da-DK");
        Assert.Equal("Fredag 20. november 2026", Show.DayHeading(new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Sizes_and_lengths_are_short()
    {
        Assert.Equal("18.4 MB", Show.Bytes(18_402_113));
        Assert.Equal("12 B", Show.Bytes(12));
        Assert.Equal("1 h 4 min", Show.Length(new(1, 4, 30)));
        Assert.Equal("3 min 20 s", Show.Length(new(0, 3, 20)));
        Assert.Equal("12.4M", Show.Rough(12_400_000));
    }

    [Fact]
    public void Options_that_cannot_be_used_are_all_named()
    {
        var faults = new StudioOptions { TimeZone = "Mars/Olympus", PublicAddress = "kendt" }.Faults();
        Assert.Equal(2, faults.Count);
        Assert.Empty(new StudioOptions { PublicAddress = "https://kendt.example" }.Faults());
    }
}
