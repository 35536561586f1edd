using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LuohuIOC.Tests.Tidy;

/// <summary>House style that a parser can judge. Each rule yields a line per fault: where and what.</summary>
internal static partial class StyleRules
{
    public const int FileLinesMax = 400;
    private const int MethodLinesMax = 60;
    private const int FoldersMax = 3;

    private static readonly string[] BannedWords = ["Manager", "Processor", "Helper", "Helpers", "Util", "Utils", "Coordinator"];
    private static readonly string[] BannedFolders = ["Services", "Models", "Helpers", "Interfaces", "Common", "Utils"];

    public static IEnumerable<string> Length(SourceFile file)
    {
        if (file.Lines > FileLinesMax) yield return $"{file.Path}: {file.Lines} lines, at most {FileLinesMax}.";
        foreach (var node in file.Syntax.DescendantNodes())
        {
            if (node is not (BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)) continue;
            var span = node.GetLocation().GetLineSpan();
            var lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
            if (lines > MethodLinesMax) yield return $"{file.At(node)}: a method of {lines} lines, at most {MethodLinesMax}.";
        }
    }

    public static IEnumerable<string> Names(SourceFile file)
    {
        var types = file.All<MemberDeclarationSyntax>().Select(m => m switch
        {
            BaseTypeDeclarationSyntax t => (m, t.Identifier.Text),
            DelegateDeclarationSyntax d => (m, d.Identifier.Text),
            _ => (m, ""),
        });
        foreach (var (node, name) in types)
        {
            var words = Words().Matches(name).Select(w => w.Value).ToArray();
            if (words.Length > 0 && (words.Intersect(BannedWords).Any() || words[^1] is "Service" or "Services"))
                yield return $"{file.At(node)}: {name} says nothing. Name it by the domain's noun.";
        }
    }

    public static IEnumerable<string> Folders(SourceFile file)
    {
        if (file.Folders.Length > FoldersMax) yield return $"{file.Path}: {file.Folders.Length} folders below the project, at most {FoldersMax}.";
        foreach (var folder in file.Folders.Intersect(BannedFolders)) yield return $"{file.Path}: a folder called {folder} has no subject.";
    }

    public static IEnumerable<string> Namespace(SourceFile file)
    {
        var expected = string.Join('.', [file.Project, .. file.Folders]);
        var declared = file.All<BaseNamespaceDeclarationSyntax>().ToArray();
        if (declared.Length == 0 && file.All<BaseTypeDeclarationSyntax>().Any() && file.Name != "Program.cs") yield return $"{file.Path}: no namespace, {expected} expected.";
        foreach (var wrong in declared.Where(n => n.Name.ToString() != expected || n is not FileScopedNamespaceDeclarationSyntax))
            yield return $"{file.At(wrong)}: the namespace should be {expected}, file-scoped.";
    }

    /// <summary>A catch without statements swallows an error; one for a named exception may say in a comment why that is right.</summary>
    public static IEnumerable<string> EmptyCatch(SourceFile file) =>
        file.All<CatchClauseSyntax>()
            .Where(c => c.Block.Statements.Count == 0 && (c.Declaration is null || !c.Block.DescendantTrivia().Any(IsComment)))
            .Select(c => $"{file.At(c)}: an empty catch.");

    public static IEnumerable<string> Unfinished(SourceFile file)
    {
        foreach (Match word in UnfinishedWords().Matches(file.Text))
            yield return $"{file.Path}:{file.Text.AsSpan(0, word.Index).Count('\n') + 1}: {word.Value}. Finish it or make it an issue.";
        foreach (var name in file.All<SimpleNameSyntax>().Where(n => n.Identifier.Text == "NotImplementedException"))
            yield return $"{file.At(name)}: not implemented.";
    }

    /// <summary>In tests: nothing skipped, nothing that waits for the clock on the wall.</summary>
    public static IEnumerable<string> SkippedOrSleeping(SourceFile file)
    {
        foreach (var argument in file.All<AttributeArgumentSyntax>().Where(a => a.NameEquals?.Name.Identifier.Text == "Skip"))
            yield return $"{file.At(argument)}: a skipped test.";
        foreach (var call in file.All<MemberAccessExpressionSyntax>().Where(m => EndsWith(m, "Thread.Sleep") || EndsWith(m, "Task.Delay")))
            yield return $"{file.At(call)}: {call} in a test. Wait for a condition.";
    }

    /// <summary>Time comes from TimeProvider, and no task runs unobserved.</summary>
    public static IEnumerable<string> ClockAndTasks(SourceFile file)
    {
        string[] clocks = ["DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow"];
        foreach (var access in file.All<MemberAccessExpressionSyntax>().Where(m => clocks.Any(c => EndsWith(m, c))))
            yield return $"{file.At(access)}: {access}. Take the time from TimeProvider.";
        foreach (var statement in file.All<ExpressionStatementSyntax>())
        {
            var value = statement.Expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.Text: "_" } } discard ? discard.Right : statement.Expression;
            if (value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax run } && EndsWith(run, "Task.Run"))
                yield return $"{file.At(statement)}: nobody sees this task fail.";
        }
    }

    /// <summary>Texts for people lie in Texts/, one resource per language.</summary>
    public static IEnumerable<string> ChineseLiterals(SourceFile file) =>
        file.Syntax.DescendantTokens()
            .Where(t => t.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.CharacterLiteralToken
                or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
                or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.Utf8SingleLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken)
            .Where(t => Han().IsMatch(t.ValueText))
            .Select(t => $"{file.At(t)}: Chinese text in code. Move it to Texts/ or a data file.");

    public static bool HasHan(string text) => Han().IsMatch(text);

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;

    private static bool EndsWith(MemberAccessExpressionSyntax access, string path)
    {
        // The last name first: most of them differ there, and writing out a long chain of calls is slow.
        if (!path.EndsWith("." + access.Name.Identifier.Text, StringComparison.Ordinal)) return false;
        var text = access.ToString();
        return text == path || text.EndsWith("." + path, StringComparison.Ordinal);
    }

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")]
    private static partial Regex Words();

    [GeneratedRegex(@"\b(TO" + "DO|FIX" + "ME|HA" + @"CK)\b")]
    private static partial Regex UnfinishedWords();

    [GeneratedRegex(@"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")]
    private static partial Regex Han();
}
