using LuohuIOC.Tests.Tidy;
using LuohuIOC.Texts;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace LuohuIOC.Tests;

/// <summary>The house style that a test can hold: what people review is then what the code says.</summary>
public sealed class TidyTests
{
    [Fact]
    public void Folders_depend_the_way_a_reading_flows()
    {
        var types = DependencyRules.TypesByFeature(SourceTree.Product);
        AssertTidy(SourceTree.Product.SelectMany(f => DependencyRules.Forbidden(f, types)));
    }

    [Fact]
    public void Sensing_sees_only_messages_of_Alerts()
    {
        var classes = SourceTree.Product.Where(f => f.Feature == "Alerts")
            .SelectMany(f => f.All<ClassDeclarationSyntax>()).Select(c => c.Identifier.Text).ToHashSet();
        AssertTidy(SourceTree.Product.SelectMany(f => DependencyRules.AlertClassesInSensing(f, classes)));
    }

    [Fact]
    public void Projects_reference_only_what_they_may() => AssertTidy(ProjectRules.References());

    [Fact]
    public void Files_and_methods_are_short() => AssertTidy(SourceTree.Files.SelectMany(StyleRules.Length));

    [Theory]
    [InlineData("src")]
    [InlineData("simulators")]
    [InlineData("tests")]
    public void Most_files_are_much_shorter(string tree)
    {
        var lengths = SourceTree.Under(tree).Select(f => f.Lines).Order().ToArray();
        if (lengths.Length == 0) return;
        Assert.True(lengths[lengths.Length / 2] <= 80, $"{tree}: the median file has {lengths[lengths.Length / 2]} lines, at most 80.");
        Assert.True(lengths[lengths.Length * 95 / 100] <= 300, $"{tree}: the 95th percentile is {lengths[lengths.Length * 95 / 100]} lines, at most 300.");
    }

    [Fact]
    public void Types_are_named_by_nouns_of_the_domain() => AssertTidy(SourceTree.Files.SelectMany(StyleRules.Names));

    [Fact]
    public void Folders_are_features_and_few() => AssertTidy(SourceTree.Files.SelectMany(StyleRules.Folders));

    [Fact]
    public void Namespaces_are_folders() => AssertTidy(SourceTree.Files.SelectMany(StyleRules.Namespace));

    [Fact]
    public void Tests_lie_where_their_sources_lie() => AssertTidy(ProjectRules.TestPlaces());

    [Fact]
    public void No_error_is_swallowed() => AssertTidy(SourceTree.Files.SelectMany(StyleRules.EmptyCatch));

    [Fact]
    public void Nothing_is_left_unfinished() => AssertTidy(SourceTree.Files.SelectMany(StyleRules.Unfinished));

    [Fact]
    public void No_test_is_skipped_or_sleeps() =>
        AssertTidy(SourceTree.Under("tests").Where(f => f.Project != "LuohuIOC.Benchmarks").SelectMany(StyleRules.SkippedOrSleeping));

    [Fact]
    public void Product_code_takes_time_from_its_provider() => AssertTidy(SourceTree.Under("src").SelectMany(StyleRules.ClockAndTasks));

    [Fact]
    public void Code_speaks_no_Chinese() => AssertTidy(SourceTree.Under("src").SelectMany(StyleRules.ChineseLiterals));

    [Fact]
    public void Every_text_stands_in_both_languages() => AssertTidy(TextRules.Differences(TextRules.Book(TextBook.Chinese), TextRules.Book(TextBook.English)));

    [Fact]
    public void Every_text_in_use_stands_in_the_book() =>
        AssertTidy(SourceTree.Product.SelectMany(f => TextRules.Missing(f, TextBook.Keys(TextBook.Chinese).ToHashSet())));

    [Fact]
    public void The_program_is_a_table_of_contents() =>
        Assert.InRange(SourceTree.Files.Single(f => f.Path == "src/LuohuIOC/Program.cs").Lines, 1, 60);

    [Fact]
    public void The_architecture_fits_on_two_pages()
    {
        var path = Repository.PathOf("docs/ARCHITECTURE.md");
        if (File.Exists(path)) Assert.InRange(File.ReadLines(path).Count(), 1, 120);
    }

    [Fact]
    public void At_the_root_stand_no_documents_but_the_READMEs() =>
        AssertTidy(Directory.EnumerateFiles(Repository.Root, "*.md").Select(Path.GetFileName).Where(name => !name!.StartsWith("README.", StringComparison.Ordinal))!);

    private static void AssertTidy(IEnumerable<string> faults)
    {
        var found = faults.ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}
