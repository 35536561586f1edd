using System.Security.Cryptography;
using System.Text;

namespace LuohuIOC.Identity;

/// <summary>
/// One API token as it is kept: everything but the token itself. <c>Id</c> is its public part, eight letters or digits, which lists and logs
/// show; <c>Name</c> is the person or unit that holds it, as it stands in the record of who did what; without <c>ExpiresAt</c> it does not
/// expire; <c>LastUsedAt</c> is written at most once a minute, so a crash may lose the last minute of it.
/// </summary>
public sealed record AccessToken(
    string Id, string Name, Role Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt)
{
    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || now < ExpiresAt);
}

/// <summary>
/// How a token looks: <c>ioc_k3v9x2ma_</c> + 43 letters or digits (62^43 &gt; 2^256). The id finds the row; only the SHA-256 of the whole
/// is stored. A slow password hash would add nothing: nobody can try 2^256 values, and every request would pay for it.
/// </summary>
public static class TokenText
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    private const string Prefix = "ioc_";
    private const int IdLength = 8;
    private const int SecretLength = 43;
    private const int Length = 4 + IdLength + 1 + SecretLength;
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Generate() =>
        $"{Prefix}{RandomNumberGenerator.GetString(IdLetters, IdLength)}_{RandomNumberGenerator.GetString(Letters, SecretLength)}";

    /// <summary>The id inside a token; null when the text is no token of ours.</summary>
    public static string? IdOf(string text) =>
        text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && text[Prefix.Length + IdLength] == '_' && text.All(char.IsAscii)
            ? text.Substring(Prefix.Length, IdLength)
            : null;

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.ASCII.GetBytes(text));
}
