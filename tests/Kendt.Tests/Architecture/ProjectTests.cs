namespace Kendt.Tests.Architecture;

/// <summary>The rooms stand where they should. Each rule has a sample that breaks it.</summary>
public sealed class ProjectTests
{
    private static IReadOnlyList<SourceFile> Projects => Tree.Files(["src/", "samples/"], ".csproj");

    [Fact]
    public void Projects_reference_only_the_rooms_below_them()
    {
        Assert.NotEmpty(Projects);
        Tree.Holds(Projects.SelectMany(ProjectRules.Edges));
    }

    [Theory]
    [InlineData("Unify", "Collect")]
    [InlineData("Govern", "Segments")]
    [InlineData("Model", "Store")]
    [InlineData("Studio", "Server")]
    [InlineData("Kitchen", "Model")]
    public void A_reference_sideways_or_up_is_found(string from, string to) =>
        Assert.Single(ProjectRules.Edges(Project(from, $"""<ProjectReference Include="../Kendt.{to}/Kendt.{to}.csproj" />""")));

    [Fact]
    public void A_reference_down_is_not() => Assert.Empty(ProjectRules.Edges(Project("Unify", """<ProjectReference Include="..\Kendt.Govern\Kendt.Govern.csproj" />""")));

    [Fact]
    public void Drivers_are_the_stores_and_the_web_is_the_hosts() => Tree.Holds(Projects.SelectMany(ProjectRules.Packages));

    [Theory]
    [InlineData("Collect", """<PackageReference Include="DuckDB.NET.Data.Full" />""")]
    [InlineData("Server", """<PackageReference Include="Npgsql" />""")]
    [InlineData("Unify", """<PackageReference Include="Microsoft.Data.Sqlite" />""")]
    [InlineData("Segments", """<PackageReference Include="Microsoft.AspNetCore.OpenApi" />""")]
    [InlineData("Govern", """<FrameworkReference Include="Microsoft.AspNetCore.App" />""")]
    public void A_driver_or_web_package_elsewhere_is_found(string name, string reference) => Assert.Single(ProjectRules.Packages(Project(name, reference)));

    [Fact]
    public void A_web_project_elsewhere_is_found() => Assert.Single(ProjectRules.Packages(new("src/Kendt.Store/Kendt.Store.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web" />""")));

    [Fact]
    public void Banned_symbols_are_banned_in_every_project()
    {
        var files = Tree.All.Where(f => f.Path.EndsWith("proj", StringComparison.Ordinal) || f.Path.EndsWith("Directory.Build.props", StringComparison.Ordinal) || f.Path.EndsWith(".editorconfig", StringComparison.Ordinal)).ToList();
        Assert.Contains(files, f => f.Path == "Directory.Build.props");
        Tree.Holds(files.SelectMany(ProjectRules.BannedSymbols));
        var banned = Tree.All.Single(f => f.Path == "BannedSymbols.txt").Text;
        foreach (var symbol in new[] { "DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "Task`1.Result", "Task.Wait", "Thread.Sleep", "Guid.NewGuid", "Random.Shared" }) Assert.Contains(symbol, banned, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tests/Directory.Build.props", "<Project />")]
    [InlineData("src/Kendt.Store/Kendt.Store.csproj", "<Project><PropertyGroup><NoWarn>RS0030</NoWarn></PropertyGroup></Project>")]
    [InlineData("src/Kendt.Store/Kendt.Store.csproj", "<Project><PropertyGroup><RunAnalyzers>false</RunAnalyzers></PropertyGroup></Project>")]
    [InlineData("src/.editorconfig", "dotnet_diagnostic.RS0030.severity = none")]
    public void A_project_that_slips_away_from_them_is_found(string path, string text) => Assert.NotEmpty(ProjectRules.BannedSymbols(new(path, text)));

    private static SourceFile Project(string name, string reference) =>
        new($"src/Kendt.{name}/Kendt.{name}.csproj", $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>{reference}</ItemGroup></Project>""");
}
