# The Windows equivalents of the Makefile:  .\make.ps1 run [folder]   .\make.ps1 test|bench|screenshots|translations|bundle
param([string]$Target = "run", [string]$Slide = "")
$ErrorActionPreference = "Stop"
function Invoke-Checked {
  $command = $args[0]
  $rest = @($args | Select-Object -Skip 1)
  & $command @rest
  if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
if ($Slide) { $Slide = (Resolve-Path $Slide).Path }
Set-Location $PSScriptRoot
$python = ".venv\Scripts\python.exe"
if (-not (Test-Path $python)) { Invoke-Checked py -3 -m venv .venv }
function Install-LeukView([string]$What) {
  Invoke-Checked $python -m pip --disable-pip-version-check install -q -c constraints.txt -e $What
}
switch ($Target) {
  "run" {
    Install-LeukView "."
    $folder = @()
    if ($Slide) { $folder = @($Slide) }
    Invoke-Checked $python -m leukview run @folder --demo build\demo --output build\run
  }
  "test" {
    Install-LeukView ".[dev]"
    Invoke-Checked $python -m ruff format --check .
    Invoke-Checked $python -m ruff check .
    Invoke-Checked $python -m mypy
    Invoke-Checked .venv\Scripts\lint-imports.exe
    Invoke-Checked $python -m pytest
  }
  "bench" { Install-LeukView ".[dev]"; Invoke-Checked $python -m benchmarks.bench }
  "screenshots" {
    Install-LeukView ".[dev]"
    Invoke-Checked $python -m scripts.screenshots build\screenshots --all
  }
  "translations" { Install-LeukView ".[dev]"; Invoke-Checked $python -m scripts.translations }
  "bundle" { Install-LeukView ".[dev]"; Invoke-Checked $python installer\bundle.py }
  default { Write-Error "Unknown target $Target. Targets: run, test, bench, screenshots, translations, bundle." }
}
