using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LuohuIOC.Tests.Tidy;

/// <summary>One C# file of the repository, parsed.</summary>
/// <param name="Path">From the root, with slashes: <c>src/LuohuIOC/Ingestion/ReadingGroup.cs</c>.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    public CompilationUnitSyntax Syntax { get; } = CSharpSyntaxTree.ParseText(Text, Options).GetCompilationUnitRoot();

    public int Lines => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    /// <summary>Folders and file name.</summary>
    public string[] Segments => Path.Split('/');

    /// <summary><c>src</c>, <c>simulators</c> or <c>tests</c>.</summary>
    public string Tree => Segments[0];

    public string Project => Segments[1];

    /// <summary>Folders below the project.</summary>
    public string[] Folders => Segments[2..^1];

    /// <summary>Feature folder of the product, null for its root and for other projects.</summary>
    public string? Feature => Project == "LuohuIOC" && Folders.Length > 0 ? Folders[0] : null;

    public string Name => Segments[^1];

    public IEnumerable<T> All<T>() where T : SyntaxNode => Syntax.DescendantNodes().OfType<T>();

    public string At(SyntaxNodeOrToken node) => $"{Path}:{node.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1}";
}
