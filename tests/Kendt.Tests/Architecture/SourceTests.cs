namespace Kendt.Tests.Architecture;

/// <summary>The text of the source keeps the house rules. Each rule has a sample that breaks it.</summary>
public sealed class SourceTests
{
    [Fact]
    public void Drivers_and_the_web_stay_in_their_rooms() => Tree.Holds(Tree.Source.SelectMany(SourceRules.Drivers));

    [Theory]
    [InlineData("Collect", "using DuckDB.NET.Data;")]
    [InlineData("Server", "var c = new Npgsql.NpgsqlConnection(text);")]
    [InlineData("Govern", "using Microsoft.AspNetCore.Http;")]
    public void A_driver_or_the_web_elsewhere_is_found(string module, string text) => Assert.Single(SourceRules.Drivers(Sample(module, text)));

    [Fact]
    public void Commands_are_made_in_the_store() => Tree.Holds(Tree.Source.SelectMany(SourceRules.Commands));

    [Fact]
    public void A_command_elsewhere_is_found() => Assert.Single(SourceRules.Commands(Sample("Unify", "command.CommandText = text;")));

    [Fact]
    public void Files_are_short() => Tree.Holds(Tree.Files(["src/", "samples/"], ".cs", ".razor").SelectMany(SourceRules.Length));

    [Fact]
    public void A_long_file_is_found()
    {
        Assert.Single(SourceRules.Length(Sample("Unify", string.Concat(Enumerable.Repeat(";\n", SourceRules.LongestFile + 1)))));
        Assert.Empty(SourceRules.Length(Sample("Unify", string.Concat(Enumerable.Repeat(";\n", SourceRules.LongestFile)))));
    }

    [Fact]
    public void Constructors_take_few_things() => Tree.Holds(Tree.Files(["src/", "samples/"], ".cs").SelectMany(SourceRules.Constructors));

    [Theory]
    [InlineData("public sealed class Wide(A a, B<int, int> b, C c, D d, E e, F f, G g) { }", 1)]
    [InlineData("internal sealed class Wide { private Wide(A a, (B, B) b, C c, D d, E e, F f, G g = default) { } }", 1)]
    [InlineData("public sealed class Narrow<T>(A a, Func<B, C, D> b, (C, C) c, D d, E e, F f) { public int Sum(int a, int b, int c, int d, int e, int f, int g) => 0; }", 0)]
    [InlineData("public sealed record Row(A a, B b, C c, D d, E e, F f, G g);", 0)]
    public void A_wide_constructor_is_found(string text, int faults) => Assert.Equal(faults, SourceRules.Constructors(Sample("Unify", text)).Count());

    [Fact]
    public void Wide_constructors_that_are_allowed_exist() =>
        Assert.All(SourceRules.WideConstructors.Keys, name => Assert.Contains(Tree.Source, f => f.Text.Contains($"class {name}", StringComparison.Ordinal)));

    [Fact]
    public void Public_types_say_what_they_are() => Tree.Holds(SourceRules.Summaries(Tree.Source));

    [Theory]
    [InlineData("// Not a summary.\npublic sealed class Silent;", 1)]
    [InlineData("[Flags]\npublic enum Silent { A }", 1)]
    [InlineData("/// <summary>Said.</summary>\n[Flags]\npublic enum Said { A }", 0)]
    [InlineData("/// <summary>Said.</summary>\npublic sealed partial record struct Said;", 0)]
    public void A_silent_type_is_found(string text, int faults) => Assert.Equal(faults, SourceRules.Summaries([Sample("Unify", text)]).Count());

    [Fact]
    public void One_part_of_a_type_is_enough_to_say_it() =>
        Assert.Empty(SourceRules.Summaries([Sample("Unify", "public partial class Said;"), Sample("Unify", "/// <summary>Said.</summary>\npublic partial class Said;")]));

    [Fact]
    public void Names_say_something() => Tree.Holds(Tree.Files(["src/", "samples/"], ".cs").SelectMany(SourceRules.Names));

    [Theory]
    [InlineData("class ProfileManager;")]
    [InlineData("static class DateHelper;")]
    [InlineData("static class StringUtils;")]
    [InlineData("interface IMailService;")]
    public void A_name_that_says_nothing_is_found(string text) => Assert.Single(SourceRules.Names(Sample("Unify", text)));

    [Fact]
    public void Nothing_is_left_for_later_and_no_machine_is_named() => Tree.Holds(Tree.All.SelectMany(SourceRules.Leftovers));

    [Theory]
    [InlineData("// TO" + "DO: later")]
    [InlineData("// FIX" + "ME")]
    [InlineData("cp x /wo" + "rk/main/x")]
    [InlineData("at C:\\Us" + "ers\\me")]
    [InlineData("\"resol" + "ved\": \"https://somewhere/left-pad.tgz\"")]
    [InlineData("https://api.nu" + "get.org/v3/index.json")]
    public void A_leftover_is_found(string text) => Assert.NotEmpty(SourceRules.Leftovers(new("docs/page.md", text)));

    [Fact]
    public void Comments_are_not_code()
    {
        var file = Sample("Unify", "var a = 1; // using Npgsql\n  // CommandText\nvar url = \"http://x\"; /// no\n");
        Assert.Empty(SourceRules.Drivers(file).Concat(SourceRules.Commands(file)));
        Assert.Contains("http://x", file.Code, StringComparison.Ordinal);
    }

    private static SourceFile Sample(string module, string text) => new($"src/Kendt.{module}/Sample.cs", text);
}
