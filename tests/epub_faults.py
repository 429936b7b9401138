"""What is wrong with an EPUB, as far as one sees it without epubcheck."""
import posixpath
import re
import zipfile
from xml.etree import ElementTree

PACKAGE, OPF = "content.opf", "{http://www.idpf.org/2007/opf}"


def faults(path):
    """Everything in an EPUB that is not well-formed, leads nowhere, is not listed, or is listed and missing."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        first = archive.infolist()[0]
    found = [] if (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED) else ["mimetype comes first"]
    trees = {name: ElementTree.fromstring(content) for name, content in files.items()
             if name.endswith((".xhtml", ".svg", ".opf", ".xml"))}
    items = trees[PACKAGE].findall(f".//{OPF}item")
    listed = sorted([item.get("href") for item in items] + ["META-INF/container.xml", PACKAGE, "mimetype"])
    found += [] if listed == sorted(files) else [f"listed: {listed}, there: {sorted(files)}"]
    read = {item.get("idref") for item in trees[PACKAGE].iter(f"{OPF}itemref")}
    for item in items:
        name = item.get("href")
        if name.endswith(".xhtml"):
            found += [] if item.get("id") in read else [f"{name} is not in the order of reading"]
            found += faults_of_page(name, trees, item.get("properties", "").split())
    return found


def faults_of_page(name, trees, properties):
    ids = [node.get("id") for node in trees[name].iter() if "id" in node.attrib]
    found = [f"{name}: the id {each} is there twice" for each in {each for each in ids if ids.count(each) > 1}]
    tags = {re.sub("{.*}", "", node.tag) for node in trees[name].iter()}
    for tag, value in (("math", "mathml"), ("svg", "svg")):
        found += [f"{name}: properties {properties}, but {tag}"] if (tag in tags) != (value in properties) else []
    for node in trees[name].iter():
        if "math" in node.get("class", "").split() and not any(child.tag.endswith("}math") for child in node):
            found.append(f"{name}: a formula is text: {''.join(node.itertext())}")
        address = node.get("href") or node.get("src")
        if address is None or re.match(r"\w+:", address):
            continue
        path, _, place = address.partition("#")
        there = posixpath.join(posixpath.dirname(name), path) if path else name
        if there in trees:
            fine = not place or any(other.get("id") == place for other in trees[there].iter())
        else:
            fine = there in ("book.css", "cover.png")
        found += [] if fine else [f"{name}: {address} leads nowhere"]
    return found
