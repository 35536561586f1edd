using LuohuIOC.Simulator.Language;

namespace LuohuIOC.Simulator.Registry;

/// <summary>The gateways' clear secrets, from the file <c>gateway,secret</c> that the product writes once at its first start.</summary>
public static class GatewaySecrets
{
    /// <exception cref="InputException">The header is not <c>gateway,secret</c> or a row has no secret.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0].Trim() != "gateway,secret") throw new InputException("input.secrets.header", path);
        var secrets = new Dictionary<string, string>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            if (CsvLine.Split(lines[i]) is not [{ Length: > 0 } gateway, { Length: > 0 } secret])
                throw new InputException("input.secrets.row", $"{path}:{i + 1}");
            secrets[gateway] = secret;
        }
        return secrets;
    }
}
