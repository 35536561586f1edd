using System.Text.Json.Serialization;

namespace LuohuIOC.Detection;

/// <summary>
/// The stored form of a <see cref="PcaModel"/>: <c>{"format":1,"model":{…}}</c>, members in camel case.
/// A later program reads every format before its own.
/// </summary>
public static class PcaModelFile
{
    public static readonly ModelFile<PcaModel> Form = new("PCA model", format: 1, oldest: 1, packed: false, PcaModelJson.Default.ModelEnvelopePcaModel, m => m.Checked());

    public static byte[] Write(PcaModel model) => Form.Write(model);

    /// <summary>Reads and checks; throws <see cref="InvalidDataException"/> that says what is wrong with the file.</summary>
    public static PcaModel Read(ReadOnlySpan<byte> file) => Form.Read(file);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ModelEnvelope<PcaModel>))]
internal sealed partial class PcaModelJson : JsonSerializerContext;
