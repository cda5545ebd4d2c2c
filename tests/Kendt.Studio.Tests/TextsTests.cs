using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kendt.Model;
using Kendt.Studio.Data;
using Kendt.Studio.Texts;

namespace Kendt.Studio.Tests;

/// <summary>Everything is said in both languages, and nothing is asked for that is not there.</summary>
public sealed partial class TextsTests
{
    private static readonly string Studio = Path.Combine(Root(), "src", "Kendt.Studio");
    private static readonly Dictionary<string, string> English = Read("Phrases.resx");
    private static readonly Dictionary<string, string> Danish = Read("Phrases.da.resx");

    [Fact]
    public void Both_languages_have_the_same_phrases() => Assert.Equal(English.Keys.Order(StringComparer.Ordinal), Danish.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Both_languages_are_worded_around_the_same_values() =>
        Assert.All(English, phrase => Assert.Equal(Slots(phrase.Value), Slots(Danish[phrase.Key])));

    [Fact]
    public void No_phrase_is_empty() => Assert.All(English.Values.Concat(Danish.Values), text => Assert.NotEqual("", text.Trim()));

    [Fact]
    public void Every_phrase_that_is_asked_for_exists()
    {
        var asked = Sources().SelectMany(source => Asked().Matches(source)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(asked.Count > 100);
        Assert.All(asked, key => Assert.Contains(key, English.Keys));
    }

    [Fact]
    public void Every_phrase_is_asked_for()
    {
        var sources = string.Concat(Sources());
        var groups = Grouped().Matches(sources).Select(match => match.Groups[1].Value).Concat(Words).Concat(Lists.Select(list => list.Name)).ToList();
        Assert.Equal([], English.Keys.Where(key => !sources.Contains($"\"{key}\"", StringComparison.Ordinal) && !groups.Exists(group => key.StartsWith(group + ".", StringComparison.Ordinal))).ToArray());
    }

    [Fact]
    public void Every_value_of_the_closed_lists_has_a_word()
    {
        Assert.All(Lists.SelectMany(list => Enum.GetNames(list).Select(name => $"{list.Name}.{name}")), key => Assert.Contains(key, English.Keys));
    }

    [Theory]
    [InlineData(typeof(ImportState))]
    [InlineData(typeof(DeliveryState))]
    public void States_that_share_their_words_have_the_same_names(Type states) =>
        Assert.Equal(Enum.GetValues<JobState>().Select(state => $"{(int)state} {state}"), Enum.GetValues(states).Cast<Enum>().Select(state => $"{Convert.ToInt32(state, CultureInfo.InvariantCulture)} {state}"));

    [Theory]
    [InlineData("da", "en", "da-DK")]
    [InlineData(null, "da-DK;en", "da-DK")]
    [InlineData(null, "de;da;en", "da-DK")]
    [InlineData(null, "fr", "en-GB")]
    [InlineData("xx", "", "en-GB")]
    [InlineData("en", "da", "en-GB")]
    public void The_language_is_the_reader_s_choice_then_the_browser_s(string? cookie, string accepted, string expected) =>
        Assert.Equal(expected, Speech.For(cookie, accepted.Split(';')).Name);

    private static readonly Type[] Lists =
    [
        typeof(Question), typeof(Finding), typeof(Need), typeof(CustomerKind), typeof(PeopleOrder), typeof(MeasureKind), typeof(TimelineKind),
        typeof(JobState), typeof(ConsentState), typeof(SourceKind), typeof(Party), typeof(Kendt.Collect.Per), typeof(Kendt.Collect.Meaning), typeof(Kendt.Collect.RemarkKind), typeof(Kendt.Collect.ColumnType), typeof(Kendt.Collect.FileForm), typeof(Kendt.Collect.PickupKind),
    ];

    private static readonly string[] Words = ["Time.Ago", "Time.In", "Strip", "Deliveries", "Step"];

    private static string Slots(string text) => string.Join(' ', Slot().Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Studio, "*", SearchOption.AllDirectories)
        .Where(file => file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)).Select(File.ReadAllText);

    private static Dictionary<string, string> Read(string file) => XDocument.Load(Path.Combine(Studio, "Texts", file)).Root!.Elements("data")
        .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value, StringComparer.Ordinal);

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Kendt.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("""\b(?:L|phrases)\["([^"{]+)"[\],]""")]
    private static partial Regex Asked();

    [GeneratedRegex("""(?:\$"|Known\(")([A-Z][A-Za-z.]*?)(?:\.\{|",)|\b(?:Word\()(?:\()?([A-Z]\w+)""")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Slot();
}
